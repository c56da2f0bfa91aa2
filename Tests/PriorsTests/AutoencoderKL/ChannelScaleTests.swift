import Checkpoints
import Layers
import TestSupport
import Testing
import Torch

@testable import Priors

/// Pooled statistics must be those of the whole map, also where strips differ much and the mean is far from zero.
struct ChannelScaleTests {
  @Test(arguments: [0.0, 5, 1000], [[9], [1, 8], [1, 1, 3, 4]])
  func normsAsAWholeGroupNorm(offset: Double, heights: [Int]) throws {
    let ramp = try Tensor.linspace(1, 40, count: 9).reshaped([1, 1, 9, 1])
    let x = try (Tensor.randn([1, 12, 9, 7], generator: Generator(seed: 1)) * ramp + offset).contiguous(.channelsLast)
    let norm = try GroupNorm(ParameterLoader(LivelyWeights(seed: 2)).root, groups: 3, channels: 12, epsilon: 1e-6)
    let map = FeatureStrips(channels: 12, height: 9, width: 7)
    var row = 0
    for height in heights {
      try map.append(x.narrowed(2, from: row, length: height))
      row += height
    }
    let scale = try ChannelScale(norm, of: map)
    let expected = try x.to(.float64).groupNorm(
      3, weight: norm.weight.to(.float64), bias: norm.bias.to(.float64), epsilon: 1e-6)
    #expect(try Difference(scale(x), expected, absolute: 2e-4, relative: 1e-4).isClose)
    #expect(try Difference(scale(x, activated: true), expected.silu(), absolute: 2e-4, relative: 1e-4).isClose)
  }

  @Test func refusesAMapThatIsNotWhole() throws {
    let norm = try GroupNorm(ParameterLoader(LivelyWeights(seed: 2)).root, groups: 1, channels: 2, epsilon: 1e-6)
    let map = FeatureStrips(channels: 2, height: 4, width: 3)
    try map.append(.ones([1, 2, 2, 3]))
    #expect(throws: TorchError.self) { try ChannelScale(norm, of: map) }
  }

  @Test(arguments: [DType.float32, .bfloat16])
  func measuresMomentsInFloat32(dtype: DType) throws {
    let x = try (Tensor.randn([1, 5, 33, 21], generator: Generator(seed: 4)) * 3 + 20).to(dtype)
    let moments = try ChannelMoments(x.contiguous(.channelsLast))
    let wide = try x.to(.float64)
    #expect(moments.pixelCount == 33 * 21)
    #expect(moments.mean.dtype == .float32)
    #expect(try Difference(moments.mean, wide.mean([0, 2, 3]), absolute: 1e-4, relative: 0).isClose)
    #expect(
      try Difference(moments.variance, wide.variance([0, 2, 3], correction: 0), absolute: 1e-3, relative: 1e-4).isClose)
  }
}
