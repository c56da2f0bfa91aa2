public import Checkpoints
public import Torch

/// `x Wᵀ + b` over the last axis.
public struct Linear {
  /// `[out, in]`.
  public let weight: Tensor
  /// `[out]`.
  public let bias: Tensor?

  /// Weights from this size on give the memory of a mapped checkpoint back after use; below, the call costs more than the
  /// memory is worth.
  private static let releasedByteCount = 1 << 20

  /// Takes `weight` and, unless `bias` is false, `bias`.
  /// - Parameter zero: Start a new layer as zero, so that what it feeds is at first unchanged.
  public init(_ path: ParameterPath, in inputs: Int, out outputs: Int, bias: Bool = true, zero: Bool = false) throws {
    let initial = zero ? Initialisation.zeros : .uniform(fanIn: inputs)
    weight = try path.take("weight", [outputs, inputs], initial)
    self.bias = bias ? try path.take("bias", [outputs], initial) : nil
  }

  /// Part of another layer's outputs.
  private init(weight: Tensor, bias: Tensor?) {
    self.weight = weight
    self.bias = bias
  }

  /// `[…, in]` to `[…, out]`.
  public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
    guard OneDNN.runs(x, weight), weight.isContiguous, !weight.requiresGradient else {
      return try x.linear(weight, bias: bias)
    }
    let y = try OneDNN.linear(x, weight, bias: bias)
    if weight.byteCount >= Self.releasedByteCount { MappedMemory.release(weight) }
    return y
  }

  /// A layer that makes some of this one's outputs, of the same weights.
  /// - Parameter outputs: Which ones.
  public func narrowed(_ outputs: Range<Int>) throws(TorchError) -> Linear {
    Linear(
      weight: try weight.narrowed(0, from: outputs.lowerBound, length: outputs.count),
      bias: try bias.map { bias throws(TorchError) in
        try bias.narrowed(0, from: outputs.lowerBound, length: outputs.count)
      })
  }
}
