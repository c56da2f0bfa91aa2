import Checkpoints
import Layers
import TestSupport
import Testing
import Torch

@testable import Priors

/// Maps whose channels are put together where rows are read, and maps that two ways need.
struct JoinedStripsTests {
  private func map(_ x: Tensor, heights: [Int]) throws -> FeatureStrips {
    let map = FeatureStrips(channels: x.size(1), height: x.size(2), width: x.size(3))
    var row = 0
    for height in heights {
      try map.append(try x.narrowed(2, from: row, length: height))
      row += height
    }
    return map
  }

  private func picture(_ channels: Int, seed: UInt64) throws -> Tensor {
    let ramp = try Tensor.linspace(1, 30, count: 9).reshaped([1, 1, 9, 1])
    return try (Tensor.randn([1, channels, 9, 7], generator: Generator(seed: seed)) * ramp + 5).contiguous(
      .channelsLast)
  }

  /// The strips of the two maps are not the same ones.
  @Test(arguments: [[9], [4, 5], [2, 2, 2, 2, 1]])
  func aJoinedMapIsTheConcatenation(heights: [Int]) throws {
    let (first, second) = (try picture(4, seed: 1), try picture(8, seed: 2))
    let whole = try Tensor.concatenated([first, second], axis: 1)
    let joined = try FeatureStrips(joining: [map(first, heights: [9]), map(second, heights: heights)])
    #expect(joined.channels == 12)
    #expect(try joined.rows(1..<6).floats() == whole.narrowed(2, from: 1, length: 5).contiguous().floats())
    let norm = try GroupNorm(ParameterLoader(LivelyWeights(seed: 3)).root, groups: 3, channels: 12, epsilon: 1e-6)
    // Groups reach over the border between the two maps.
    let expected = try whole.to(.float64).groupNorm(
      3, weight: norm.weight.to(.float64), bias: norm.bias.to(.float64), epsilon: 1e-6)
    #expect(try Difference(ChannelScale(norm, of: joined)(whole), expected, absolute: 1e-4, relative: 1e-4).isClose)
    joined.release(above: 9)
    #expect(throws: TorchError.self) { try joined.rows(0..<9) }
  }

  @Test func mapsOfOtherSizesCannotBeJoined() throws {
    let (first, second) = (try picture(4, seed: 1), try Tensor.zeros([1, 4, 8, 7]))
    let error = #expect(throws: TorchError.self) {
      try FeatureStrips(joining: [FeatureStrips(whole: first), FeatureStrips(whole: second)])
    }
    #expect(error?.message == "joining maps of the sizes [[4, 9, 7], [4, 8, 7]]")
  }

  @Test func aForkKeepsWhatTheOtherLetsGo() throws {
    let x = try picture(4, seed: 1)
    let one = try map(x, heights: [3, 3, 3])
    let other = one.forked()
    one.release(above: 9)
    #expect(throws: TorchError.self) { try one.rows(0..<9) }
    #expect(try other.gathered().floats() == x.contiguous().floats())
  }
}
