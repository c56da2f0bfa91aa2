// Attention without a full score matrix.

private let scaledDotProduct = Operator("aten::scaled_dot_product_attention")

extension Tensor {
  /// `softmax(q kᵀ scale + mask) v` with libtorch's fused kernels, which never hold the score matrix.
  ///
  /// - Parameters:
  ///   - key: `[B, heads, Lk, D]`, beside this query `[B, heads, Lq, D]`.
  ///   - value: `[B, heads, Lk, Dv]`.
  ///   - mask: Added to the scores, or bool with true for "may see"; broadcast to `[B, heads, Lq, Lk]`.
  ///   - causal: Each position sees only those before it and itself.
  ///   - scale: nil is `1 / √D`.
  /// - Returns: `[B, heads, Lq, Dv]`.
  /// - Throws: `TorchError`, also when memory runs out.
  public func attention(
    key: Tensor, value: Tensor, mask: Tensor? = nil, causal: Bool = false, scale: Double? = nil
  ) throws(TorchError) -> Tensor {
    try scaledDotProduct(
      .tensor(self), .tensor(key), .tensor(value), .optional(mask), .double(0), .bool(causal),
      scale.map { .double($0) } ?? .none)
  }
}
