public import Checkpoints
public import Torch

/// Normalises groups of channels over channels and space.
public struct GroupNorm {
  /// `[channels]`.
  public let weight: Tensor
  /// `[channels]`.
  public let bias: Tensor
  /// The number of groups.
  public let groups: Int
  /// Added to the variance.
  public let epsilon: Double

  /// Takes `weight` and `bias`.
  public init(_ path: ParameterPath, groups: Int, channels: Int, epsilon: Double) throws {
    weight = try path.take("weight", [channels], .ones)
    bias = try path.take("bias", [channels], .zeros)
    self.groups = groups
    self.epsilon = epsilon
  }

  /// BCHW to BCHW.
  public func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    try x_BCHW.groupNorm(groups, weight: weight, bias: bias, epsilon: epsilon)
  }
}
