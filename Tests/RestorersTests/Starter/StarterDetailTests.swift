import Checkpoints
import Foundation
import Restorers
import TestModels
import TestSupport
import Testing
import Torch

/// `first + strength · brightness(last - first)`.
struct StarterDetailTests {
  private func model(detail: Double?) throws -> TinyStarter { try TinyStarter { $0.detail = detail } }

  private func result(detail: Double?, steps: Int, fidelity: Double? = nil, tile: Int? = nil) throws -> Tensor {
    try StarterRestorerTests.run(
      model(detail: detail), StarterRestorerTests.canvas(), RestorationRequest(steps: steps, fidelity: fidelity),
      tile: tile)
  }

  @Test(arguments: [0, 1, 1.8], [nil, 48] as [Int?]) func brightnessAloneIsAdded(strength: Double, tile: Int?) throws {
    let first = try result(detail: nil, steps: 1, tile: tile)
    let last = try result(detail: nil, steps: 3, tile: tile)
    let luma = try Tensor([0.299, 0.587, 0.114] as [Float], [1, 3, 1, 1])
    let added = try ((last - first) * luma).sum([1], keepingAxes: true)
    let expected = try first + Self.withoutFigure(added) * strength
    let found = try result(detail: strength, steps: 3, tile: tile)
    #expect(try Difference(found, expected, absolute: 1e-4, relative: 0).isClose)
    #expect(try !Difference(last, first, absolute: 1e-2, relative: 0).isClose)
  }

  /// Takes from every pixel what the same places of the 11×11 blocks around have in common, more than all places have.
  private static func withoutFigure(_ x: Tensor) throws -> Tensor {
    let (height, width) = (x.size(2), x.size(3))
    let values = try x.doubles()
    func mean(_ row: Int, _ column: Int) -> Double {
      var (sum, count) = (0.0, 0.0)
      for y in stride(from: row - 20, through: row + 20, by: 4) where (0..<height).contains(y) {
        for x in stride(from: column - 20, through: column + 20, by: 4) where (0..<width).contains(x) {
          sum += values[y * width + x]
          count += 1
        }
      }
      return sum / count
    }
    let found = (0..<height * width).map { index -> Float in
      let (row, column) = (index / width, index % width)
      let (top, left) = (row / 4 * 4, column / 4 * 4)
      let shared = (0..<16).reduce(0) { $0 + mean(top + $1 / 4, left + $1 % 4) } / 16
      return Float(values[index] - mean(row, column) + shared)
    }
    return try Tensor(found, [1, 1, height, width])
  }

  @Test func oneStepHasNoneToAdd() throws {
    #expect(try result(detail: 3, steps: 1).floats() == result(detail: nil, steps: 1).floats())
  }

  @Test func fidelityTakesItAway() throws {
    // The model's own fidelity is 0.6.
    let first = try result(detail: nil, steps: 1)
    #expect(try Difference(result(detail: 1.8, steps: 4, fidelity: 1), first, absolute: 1e-5, relative: 0).isClose)
    #expect(try result(detail: 1.8, steps: 4, fidelity: 0.6).floats() == result(detail: 1.8, steps: 4).floats())
    #expect(try result(detail: 1.8, steps: 4, fidelity: 0.8).floats() != result(detail: 1.8, steps: 4).floats())
  }

  @Test(arguments: [-0.1, 4.1]) func strengthsAreChecked(strength: Double) throws {
    let folder = try TemporaryFolder()
    try JSONEncoder().encode(model(detail: strength).config).write(to: URL(fileURLWithPath: folder.file("model.json")))
    #expect {
      try StarterFolder.config(of: folder.path)
    } throws: {
      "\($0)".contains("detail \(strength) is not within 0…4")
    }
  }
}
