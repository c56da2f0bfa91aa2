// Convolutions, pooling and padding of BCHW tensors.

private let conv2dOperator = Operator("aten::conv2d")
private let conv1dOperator = Operator("aten::conv1d")
private let averagePoolOperator = Operator("aten::avg_pool2d")
private let maxPoolOperator = Operator("aten::max_pool2d")
private let adaptiveAveragePoolOperator = Operator("aten::adaptive_avg_pool2d")
private let padOperator = Operator("aten::pad")

/// What stands beyond a tensor's border.
public enum Padding: String, Sendable {
  /// A constant, zero unless stated.
  case constant
  /// The picture mirrored at its border pixel, which is not repeated.
  case reflect
  /// The border pixel again and again.
  case replicate
  /// The other end.
  case circular
}

extension Tensor {
  /// 2-D convolution (cross-correlation): `[B, C, H, W]` with weight `[O, C/groups, kH, kW]`.
  public func conv2d(
    _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1
  ) throws(TorchError) -> Tensor {
    try conv2dOperator(
      .tensor(self), .tensor(weight), .optional(bias), .ints([stride, stride]), .ints([padding, padding]),
      .ints([dilation, dilation]), .int(groups))
  }

  /// 1-D convolution (cross-correlation): `[B, C, L]` with weight `[O, C/groups, k]`.
  public func conv1d(
    _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1
  ) throws(TorchError) -> Tensor {
    try conv1dOperator(
      .tensor(self), .tensor(weight), .optional(bias), .ints([stride]), .ints([padding]), .ints([dilation]),
      .int(groups))
  }

  /// Means of windows.
  public func averagePooled(_ size: Int, stride: Int? = nil) throws(TorchError) -> Tensor {
    try averagePoolOperator(.tensor(self), .ints([size, size]), .ints([stride ?? size, stride ?? size]))
  }

  /// Largest elements of windows.
  public func maxPooled(_ size: Int, stride: Int? = nil, padding: Int = 0) throws(TorchError) -> Tensor {
    try maxPoolOperator(
      .tensor(self), .ints([size, size]), .ints([stride ?? size, stride ?? size]), .ints([padding, padding]))
  }

  /// Means of windows that share the picture evenly: PyTorch's "area" resize.
  public func adaptiveAveragePooled(height: Int, width: Int) throws(TorchError) -> Tensor {
    try adaptiveAveragePoolOperator(.tensor(self), .ints([height, width]))
  }

  /// Grows a BCHW tensor at its four sides.
  public func padded(
    left: Int = 0, right: Int = 0, top: Int = 0, bottom: Int = 0, mode: Padding = .constant, value: Double = 0
  ) throws(TorchError) -> Tensor {
    try padOperator(
      .tensor(self), .ints([left, right, top, bottom]), .string(mode.rawValue),
      mode == .constant ? .double(value) : .none)
  }
}
