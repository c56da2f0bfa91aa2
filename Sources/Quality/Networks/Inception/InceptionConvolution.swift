internal import Checkpoints
internal import Layers
internal import Torch

/// A convolution of the Inception network: kernel of any shape, batch normalisation with an epsilon of 1e-3, ReLU.
struct InceptionConvolution {
  private let weight: Tensor  // conv.weight
  private let norm: BatchNorm2d  // bn
  private let stride: Int
  private let rows: Int
  private let columns: Int

  /// - Parameters:
  ///   - size: Height and width of the kernel.
  ///   - padded: Whether zeros keep the picture's size.
  init(
    _ path: ParameterPath, in inputs: Int, out outputs: Int, size: (Int, Int) = (1, 1), stride: Int = 1,
    padded: Bool = true
  ) throws {
    weight = try (path / "conv").take(
      "weight", [outputs, inputs, size.0, size.1], .uniform(fanIn: inputs * size.0 * size.1))
    norm = try BatchNorm2d(path / "bn", channels: outputs, epsilon: 1e-3)
    self.stride = stride
    (rows, columns) = padded ? (size.0 / 2, size.1 / 2) : (0, 0)
  }

  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    // Zeros within the convolution where both sides have as many, a padded copy where they do not.
    let padded =
      rows == columns
      ? x_BCHW : try x_BCHW.padded(left: columns, right: columns, top: rows, bottom: rows)
    return try norm(padded.conv2d(weight, stride: stride, padding: rows == columns ? rows : 0)).relu()
  }
}
