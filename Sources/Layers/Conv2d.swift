public import Checkpoints
public import Torch

/// 2-D convolution of BCHW with square kernels.
public struct Conv2d {
  /// `[out, in / groups, size, size]`.
  public let weight: Tensor
  /// `[out]`.
  public let bias: Tensor?
  private let stride: Int
  private let padding: Int
  private let groups: Int

  /// Takes `weight` and, unless `bias` is false, `bias`.
  /// - Parameters:
  ///   - size: The kernel's side.
  ///   - padding: Zeros on every side; nil keeps the picture's size at stride 1.
  ///   - zero: Start a new layer as zero, so that what it feeds is at first unchanged.
  public init(
    _ path: ParameterPath, in inputs: Int, out outputs: Int, size: Int = 3, stride: Int = 1, padding: Int? = nil,
    groups: Int = 1,
    bias: Bool = true, zero: Bool = false
  ) throws {
    let initial = zero ? Initialisation.zeros : .uniform(fanIn: inputs / groups * size * size)
    // A weight in channels_last order spares oneDNN a reordering on each call.
    let stored = try path.take("weight", [outputs, inputs / groups, size, size], initial)
    weight = stored.device == .meta || stored.requiresGradient ? stored : try stored.contiguous(.channelsLast)
    self.bias = bias ? try path.take("bias", [outputs], initial) : nil
    self.stride = stride
    self.padding = padding ?? size / 2
    self.groups = groups
  }

  /// `[B, in, H, W]` to `[B, out, H', W']`.
  public func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    try x_BCHW.conv2d(weight, bias: bias, stride: stride, padding: padding, groups: groups)
  }
}
