public import Checkpoints
public import Torch

/// 2-D convolution of BCHW with square kernels, with the low-rank changes that its source holds beside the weight.
public struct Conv2d {
  /// `[out]`.
  public let bias: Tensor?
  private let stored: ConvolutionWeight
  private let branch: LowRankBranch
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
    let shape = [outputs, inputs / groups, size, size]
    stored = ConvolutionWeight(try path.take("weight", shape, initial), groups: groups)
    self.bias = bias ? try path.take("bias", [outputs], initial) : nil
    branch = LowRankBranch(try path.branches("weight", shape))
    self.stride = stride
    self.padding = padding ?? size / 2
    self.groups = groups
  }

  /// `[out, in / groups, size, size]`, in `channels_last` order unless it is being trained.
  /// - Throws: `TorchError` when memory does not suffice to bring it into that order.
  public func weight() throws(TorchError) -> Tensor { try stored.ordinary() }

  /// Channels of the result.
  public var outputs: Int { stored.shape[0] }

  /// The type that the layer computes in.
  public var dtype: DType { stored.dtype }

  /// `[B, in, H, W]` to `[B, out, H', W']`.
  public func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    let y_BCHW = try convolved(x_BCHW)
    return branch.isEmpty ? y_BCHW : try branch.added(to: y_BCHW, x_BCHW, stride: stride, padding: padding)
  }

  private func convolved(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    if let packed = try stored.packed(for: x_BCHW, stride: stride, padding: padding) {
      return try OneDNN.convolution(x_BCHW, packed, bias: bias, stride: stride, padding: padding, groups: groups)
    }
    return try x_BCHW.conv2d(try stored.ordinary(), bias: bias, stride: stride, padding: padding, groups: groups)
  }
}
