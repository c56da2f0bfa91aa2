public import Checkpoints
public import Torch

/// Normalises over the last axis.
public struct LayerNorm {
  /// `[width]`.
  public let weight: Tensor
  /// `[width]`.
  public let bias: Tensor
  private let width: Int
  private let epsilon: Double

  /// Takes `weight` and `bias`.
  public init(_ path: ParameterPath, width: Int, epsilon: Double = 1e-5) throws {
    weight = try path.take("weight", [width], .ones)
    bias = try path.take("bias", [width], .zeros)
    self.width = width
    self.epsilon = epsilon
  }

  /// `[…, width]` to the same shape.
  public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
    try x.layerNorm(width, weight: weight, bias: bias, epsilon: epsilon)
  }
}
