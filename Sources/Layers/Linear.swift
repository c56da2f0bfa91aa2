public import Checkpoints
public import Torch

/// `x Wᵀ + b` over the last axis.
public struct Linear {
  /// `[out, in]`.
  public let weight: Tensor
  /// `[out]`.
  public let bias: Tensor?

  /// Takes `weight` and, unless `bias` is false, `bias`.
  /// - Parameter zero: Start a new layer as zero, so that what it feeds is at first unchanged.
  public init(_ path: ParameterPath, in inputs: Int, out outputs: Int, bias: Bool = true, zero: Bool = false) throws {
    let initial = zero ? Initialisation.zeros : .uniform(fanIn: inputs)
    weight = try path.take("weight", [outputs, inputs], initial)
    self.bias = bias ? try path.take("bias", [outputs], initial) : nil
  }

  /// `[…, in]` to `[…, out]`.
  public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try x.linear(weight, bias: bias) }
}
