public import Checkpoints
public import Torch

/// `x Wᵀ + b` over the last axis, with the low-rank changes that its source holds beside the weight.
public struct Linear {
  /// `[out, in]`.
  public let weight: Tensor
  /// `[out]`.
  public let bias: Tensor?
  private let branch: LowRankBranch

  /// Weights from this size on give the memory of a mapped checkpoint back after use; below, the call costs more than the
  /// memory is worth.
  private static let releasedByteCount = 1 << 20

  /// Takes `weight` and, unless `bias` is false, `bias`.
  /// - Parameter zero: Start a new layer as zero, so that what it feeds is at first unchanged.
  public init(_ path: ParameterPath, in inputs: Int, out outputs: Int, bias: Bool = true, zero: Bool = false) throws {
    let initial = zero ? Initialisation.zeros : .uniform(fanIn: inputs)
    weight = try path.take("weight", [outputs, inputs], initial)
    self.bias = bias ? try path.take("bias", [outputs], initial) : nil
    branch = LowRankBranch(try path.branches("weight", [outputs, inputs]))
  }

  /// Part of another layer's outputs.
  private init(weight: Tensor, bias: Tensor?, branch: LowRankBranch) {
    self.weight = weight
    self.bias = bias
    self.branch = branch
  }

  /// `[…, in]` to `[…, out]`.
  public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
    let y = runsOnOneDNN(x) ? try onOneDNN(x, .none) : try x.linear(weight, bias: bias)
    return branch.isEmpty ? y : try branch.added(to: y, x)
  }

  /// `[…, in]` to `[…, out]` and then the tanh approximation of GELU, on the CPU without another pass over memory.
  public func withTanhGELU(_ x: Tensor) throws(TorchError) -> Tensor {
    guard branch.isEmpty, runsOnOneDNN(x) else { return try self(x).gelu(approximate: true) }
    return try onOneDNN(x, .tanhGELU)
  }

  private func runsOnOneDNN(_ x: Tensor) -> Bool {
    OneDNN.runs(x, weight) && weight.isContiguous && !weight.requiresGradient
  }

  private func onOneDNN(_ x: Tensor, _ activation: OneDNN.Activation) throws(TorchError) -> Tensor {
    let y = try OneDNN.linear(x, weight, bias: bias, activation: activation)
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
      }, branch: try branch.narrowed(outputs))
  }
}
