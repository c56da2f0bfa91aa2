internal import Checkpoints
internal import Layers
internal import Torch

/// A convolution without bias whose weights are standardised: minus their mean over a filter, divided by their deviation
/// plus 1e-5. Padding is TensorFlow's "SAME": a picture of n becomes ⌈n / stride⌉, and what cannot be shared evenly is
/// added below and at the right.
struct StandardisedConv2d {
  private let weight: Tensor
  private let size: Int
  private let stride: Int

  init(_ path: ParameterPath, in inputs: Int, out outputs: Int, size: Int, stride: Int = 1) throws {
    let shape = [outputs, inputs, size, size]
    let stored = try path.take("weight", shape, .uniform(fanIn: inputs * size * size))
    // The reference's deviation divides by n - 1. The norms that follow take such a factor out again, but for epsilons.
    weight = try derived(from: [stored], shape: shape) {
      let centred = try stored - stored.mean([1, 2, 3], keepingAxes: true)
      return try centred / (stored.standardDeviation([1, 2, 3], keepingAxes: true) + 1e-5)
    }
    self.size = size
    self.stride = stride
  }

  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    try x_BCHW.paddedToSame(size: size, stride: stride).conv2d(weight, stride: stride)
  }
}

extension Tensor {
  /// Zeros around BCHW as TensorFlow's "SAME" padding has them.
  func paddedToSame(size: Int, stride: Int) throws(TorchError) -> Tensor {
    func total(_ length: Int) -> Int { max(((length + stride - 1) / stride - 1) * stride + size - length, 0) }
    let (rows, columns) = (total(self.size(2)), total(self.size(3)))
    guard rows + columns > 0 else { return self }
    return try padded(
      left: columns / 2, right: columns - columns / 2, top: rows / 2, bottom: rows - rows / 2)
  }
}
