public import Checkpoints
public import Torch

/// `x Wᵀ + b` over the last axis, with the low-rank changes that its source holds beside the weight.
public struct Linear {
  /// `[out, in]`, floating-point or int8.
  public let weight: Tensor
  /// `[out]`: what the rows of an int8 weight are multiplied by; nil for other weights.
  private let scale: Tensor?
  /// `[out]`.
  public let bias: Tensor?
  private let branch: LowRankBranch

  /// Weights from this size on give the memory of a mapped checkpoint back after use; below, the call costs more than the
  /// memory is worth.
  private static let releasedByteCount = 1 << 20

  /// Takes `weight` and, unless `bias` is false, `bias`; beside an int8 weight `weight_scale` too (see
  /// `RowQuantisation`), which is then restored in each call.
  /// - Parameter zero: Start a new layer as zero, so that what it feeds is at first unchanged.
  public init(_ path: ParameterPath, in inputs: Int, out outputs: Int, bias: Bool = true, zero: Bool = false) throws {
    let initial = zero ? Initialisation.zeros : .uniform(fanIn: inputs)
    weight = try path.take("weight", [outputs, inputs], initial)
    scale = weight.dtype == .int8 ? try path.take(RowQuantisation.scaleName, [outputs], .ones) : nil
    self.bias = bias ? try path.take("bias", [outputs], initial) : nil
    branch = LowRankBranch(try path.branches("weight", [outputs, inputs]))
  }

  /// Part of another layer's outputs.
  private init(weight: Tensor, scale: Tensor?, bias: Tensor?, branch: LowRankBranch) {
    self.weight = weight
    self.scale = scale
    self.bias = bias
    self.branch = branch
  }

  /// The type that the layer computes in.
  public var dtype: DType { scale?.dtype ?? weight.dtype }

  /// `[…, in]` to `[…, out]`.
  public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
    let y = try product(x, .none)
    return branch.isEmpty ? y : try branch.added(to: y, x)
  }

  /// `[…, in]` to `[…, out]` and then the tanh approximation of GELU, on the CPU without another pass over memory.
  public func withTanhGELU(_ x: Tensor) throws(TorchError) -> Tensor {
    branch.isEmpty ? try product(x, .tanhGELU) : try self(x).gelu(approximate: true)
  }

  /// The layer without its low-rank changes.
  private func product(_ x: Tensor, _ activation: OneDNN.Activation) throws(TorchError) -> Tensor {
    // What lies between is far less work than the product, and its memory goes with the call.
    let dense = try scale.map { scale throws(TorchError) in try RowQuantisation.restored(weight, scale: scale) }
    let matrix = dense ?? weight
    guard OneDNN.runs(x, matrix), matrix.isContiguous, !matrix.requiresGradient else {
      let y = try x.linear(matrix, bias: bias)
      return activation == .none ? y : try y.gelu(approximate: true)
    }
    let y = try OneDNN.linear(x, matrix, bias: bias, activation: activation)
    if weight.byteCount >= Self.releasedByteCount { MappedMemory.release(weight) }
    return y
  }

  /// A layer that makes some of this one's outputs, of the same weights.
  /// - Parameter outputs: Which ones.
  public func narrowed(_ outputs: Range<Int>) throws(TorchError) -> Linear {
    func part(_ tensor: Tensor) throws(TorchError) -> Tensor {
      try tensor.narrowed(0, from: outputs.lowerBound, length: outputs.count)
    }
    return Linear(
      weight: try part(weight), scale: try scale.map(part), bias: try bias.map(part),
      branch: try branch.narrowed(outputs))
  }
}
