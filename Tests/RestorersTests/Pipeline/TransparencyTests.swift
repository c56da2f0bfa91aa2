import TestSupport
import Testing
import Torch

@testable import Restorers

struct TransparencyTests {
  @Test func thereAndBack() throws {
    let colour = try smoothPicture(width: 4, height: 1)
    let alpha = try Tensor([1, 0.5, 0.1, 0], [1, 1, 1, 4])
    let there = try Transparency.premultiplied(TensorPicture(colour_BCHW: colour, alpha_B1HW: alpha))
    #expect(try Difference(there, colour * alpha, absolute: 0, relative: 0).isClose)
    let back = try Transparency.divided(there, by: alpha)
    let seen = try back.narrowed(3, from: 0, length: 3)
    #expect(try Difference(seen, colour.narrowed(3, from: 0, length: 3), absolute: 1e-6, relative: 0).isClose)
    // What cannot be seen is black, not noise.
    #expect(try back.narrowed(3, from: 3, length: 1).abs().maximum().item() == 0)
  }

  @Test func opaquePicturesAreLeftAlone() throws {
    let colour = try smoothPicture(width: 4, height: 3)
    #expect(try Transparency.premultiplied(TensorPicture(colour_BCHW: colour)).sharesMemory(with: colour))
  }

  /// Red lies hidden under full transparency beside visible blue; with plain resampling it would bleed into the blue.
  @Test func hiddenColourDoesNotBleed() throws {
    var colour = [Float](repeating: 0, count: 3 * 8 * 8)
    var alpha = [Float](repeating: 0, count: 8 * 8)
    for y in 0..<8 {
      for x in 0..<8 {
        alpha[y * 8 + x] = x < 4 ? 1 : 0
        colour[(x < 4 ? 2 : 0) * 64 + y * 8 + x] = 1
      }
    }
    let picture = TensorPicture(
      colour_BCHW: try Tensor(colour, [1, 3, 8, 8]), alpha_B1HW: try Tensor(alpha, [1, 1, 8, 8]))
    let pipeline = RestorationPipeline(StubRestorer(), device: .cpu)
    let result = try pipeline.restore(
      picture, target: .scale(4), request: RestorationRequest(colorFix: .none), monitor: .silent
    ).picture
    let opacity = try #require(result.alpha_B1HW)
    #expect(opacity.shape == [1, 1, 32, 32])
    let isSeen = try opacity.greater(0.02)
    let red = try result.colour_BCHW.narrowed(1, from: 0, length: 1)
    let blue = try result.colour_BCHW.narrowed(1, from: 2, length: 1)
    #expect(try isSeen.choose(red, red.zerosLike()).maximum().item() < 0.01)
    #expect(try isSeen.choose(blue, blue.onesLike()).minimum().item() > 0.9)
    // Alpha follows plain enlargement.
    #expect(try opacity.floats()[0] > 0.999)
    #expect(try opacity.floats()[31] < 0.001)
  }

  @Test func anOpaqueAlphaChangesNothing() throws {
    let colour = try smoothPicture(width: 9, height: 7)
    let pipeline = RestorationPipeline(StubRestorer(), device: .cpu)
    func run(_ alpha: Tensor?) throws -> TensorPicture {
      try pipeline.restore(
        TensorPicture(colour_BCHW: colour, alpha_B1HW: alpha), target: .scale(3), request: RestorationRequest(),
        monitor: .silent
      ).picture
    }
    let opaque = try run(.ones([1, 1, 7, 9]))
    #expect(
      try Difference(opaque.colour_BCHW, run(nil).colour_BCHW, absolute: 1e-5, relative: 0).isClose)
    #expect(try Difference(#require(opaque.alpha_B1HW), .ones([1, 1, 21, 27]), absolute: 1e-6, relative: 0).isClose)
  }
}
