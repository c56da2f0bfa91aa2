public import Checkpoints
public import Torch

/// Divides by the root of the mean square over the last axis, then scales: without mean and bias (Zhang and Sennrich
/// 2019). The mean square is summed in float32 whatever the type.
public struct RMSNorm {
  /// `[width]`.
  public let weight: Tensor
  private let width: Int
  private let epsilon: Double

  /// Takes `weight`.
  public init(_ path: ParameterPath, width: Int, epsilon: Double = 1e-6) throws {
    weight = try path.take("weight", [width], .ones)
    self.width = width
    self.epsilon = epsilon
  }

  /// `[…, width]` to the same shape.
  public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
    try x.rmsNorm(width, weight: weight, epsilon: epsilon)
  }
}
