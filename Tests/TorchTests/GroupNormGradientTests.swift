import TestSupport
import Testing
import Torch

struct GroupNormGradientTests {
  /// Scale and shift are trained, what comes in is frozen: libtorch's own backward pass ends the program in channels_last
  /// order.
  @Test(arguments: [true, false])
  func aNormBehindFrozenLayersLearns(inputIsTrained: Bool) throws {
    try useOneThread()
    let generator = try Generator(seed: 5)
    let x = try Tensor.randn([2, 8, 4, 4], generator: generator)
    let (weight, bias) = (
      try Tensor.randn([8], generator: generator).requiresGradient(true),
      try Tensor.randn([8], generator: generator).requiresGradient(true)
    )
    func found(_ order: MemoryFormat) throws -> [Tensor] {
      let input = try x.contiguous(order).cloned()
      if inputIsTrained { try input.requiresGradient(true) }
      let y = try input.groupNorm(4, weight: weight, bias: bias, epsilon: 1e-5)
      #expect(y.isChannelsLast == (order == .channelsLast))
      let leaves = inputIsTrained ? [weight, bias, input] : [weight, bias]
      return try gradients(of: [y.square().sum()], withRespectTo: leaves).map { try #require($0) }
    }
    for (a, b) in zip(try found(.channelsLast), try found(.contiguous)) {
      #expect(try Difference(a, b, absolute: 1e-4, relative: 1e-5).isClose)
    }
  }
}
