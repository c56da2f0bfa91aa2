import Checkpoints
import Layers
import TestSupport
import Testing
import Torch

/// A large weight is used as it is at first and packed later; nothing of that may show.
struct ConvolutionWeightTests {
  private func convolution(stride: Int, dtype: DType) throws -> (layer: Conv2d, weight: Tensor, bias: Tensor) {
    let generator = try Generator(seed: 5)
    let weight = try (Tensor.randn([256, 512, 3, 3], generator: generator) * 0.02).to(dtype)
    let bias = try Tensor.randn([256], generator: generator).to(dtype)
    let layer = try ParameterLoader.load(
      ParameterDictionary(["weight": weight, "bias": bias]), component: "a convolution"
    ) { try Conv2d($0, in: 512, out: 256, stride: stride) }
    return (layer, weight, bias)
  }

  @Test(arguments: [DType.float32, .bfloat16], [1, 2]) func everyUseGivesTheSame(dtype: DType, stride: Int) throws {
    let (layer, weight, bias) = try convolution(stride: stride, dtype: dtype)
    try withoutGradient { () throws in
      let x = try Tensor.randn([1, 512, 12, 8], generator: Generator(seed: 6)).to(dtype).contiguous(.channelsLast)
      let answers = try (0..<7).map { _ in try layer(x).to(.float32).floats() }
      #expect(Set(answers).count == 1)
      let expected = try x.conv2d(weight, bias: bias, stride: stride, padding: 1).to(.float32).floats()
      let largest = zip(answers[0], expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(largest < (dtype == .float32 ? 1e-4 : 0.05), "\(largest)")
      // Another size after packing.
      let wide = try Tensor.randn([2, 512, 5, 9], generator: Generator(seed: 7)).to(dtype).contiguous(.channelsLast)
      let (found, wanted) = (try layer(wide), try wide.conv2d(weight, bias: bias, stride: stride, padding: 1))
      #expect(try Difference(found, wanted, absolute: 0.05, relative: 0.02).isClose)
      #expect(try layer.weight().to(.float32).floats() == weight.to(.float32).floats())
    }
  }
}
