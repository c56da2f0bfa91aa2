package import Layers
package import Torch

private let conv2dOperator = Operator("aten::conv2d")

/// A convolution that makes some rows of its result, from as many rows of its input as those need.
package struct StripConvolution {
  let weight: Tensor
  let bias: Tensor?

  /// A layer's convolution, of stride 1 and a side of 1 or 3.
  /// - Throws: `TorchError` when memory does not suffice for the weight's order.
  package init(_ layer: Conv2d) throws(TorchError) {
    weight = try layer.weight()
    bias = layer.bias
  }

  /// Rows of the 3×3 convolution's result (or 1×1), where zeros stand beyond the map's border.
  /// - Parameters:
  ///   - target: The rows to make.
  ///   - scale: A norm to go through first, followed by SiLU.
  func callAsFunction(_ x: FeatureStrips, rows target: Range<Int>, after scale: ChannelScale?) throws(TorchError)
    -> Tensor
  {
    let reach = weight.size(2) / 2
    let source = max(target.lowerBound - reach, 0)..<min(target.upperBound + reach, x.height)
    var rows_1CHW = try x.rows(source)
    if let scale { rows_1CHW = try scale(rows_1CHW, activated: true) }
    // libtorch pads both ends of an axis alike. Where only one end is the map's border, the rows that the padding of the
    // other one spoils are cut off.
    let isInner = source.count == target.count + 2 * reach
    let y_1CHW = try Self.convolve(rows_1CHW, weight, bias, padding: [isInner ? 0 : reach, reach])
    return isInner || source == target
      ? y_1CHW : try y_1CHW.narrowed(2, from: target.lowerBound - source.lowerBound, length: target.count)
  }

  /// The same without a norm.
  package func callAsFunction(_ x: FeatureStrips, rows target: Range<Int>) throws(TorchError) -> Tensor {
    try self(x, rows: target, after: nil)
  }

  static func convolve(
    _ x_1CHW: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: Int = 1, padding: [Int]
  ) throws(TorchError) -> Tensor {
    try conv2dOperator(
      .tensor(x_1CHW), .tensor(weight), .optional(bias), .ints([stride, stride]), .ints(padding))
  }
}
