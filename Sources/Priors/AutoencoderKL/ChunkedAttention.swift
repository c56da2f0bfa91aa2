internal import Torch

/// Attention of one wide head over very many tokens, a part of the queries at a time.
enum ChunkedAttention {
  /// Scores in memory at once: enough to keep both cores busy, little beside the maps.
  private static let scoreCount = 1 << 23

  /// `softmax(q kᵀ / √C) v` of `[B, L, C]`.
  static func attention(query: Tensor, key: Tensor, value: Tensor) throws(TorchError) -> Tensor {
    let isProduct = !isGradientRecorded && query.device == .cpu && query.dtype == .bfloat16
    let length = query.size(1)
    let rows = max(min(length, scoreCount / max(length, 1)), 64)
    if isGradientRecorded || (rows >= length && !isProduct) { return try fused(query, key, value) }
    let key = isProduct ? try centred(key, scale: 1 / Double(query.size(2)).squareRoot()) : key
    var parts: [Tensor] = []
    for start in stride(from: 0, to: length, by: rows) {
      let part = try query.narrowed(1, from: start, length: min(rows, length - start))
      parts.append(isProduct ? try product(part, key, value) : try fused(part, key, value))
    }
    return parts.count == 1 ? parts[0] : try .concatenated(parts, axis: 1)
  }

  private static func fused(_ query: Tensor, _ key: Tensor, _ value: Tensor) throws(TorchError) -> Tensor {
    try query.unsqueezed(1).attention(key: try key.unsqueezed(1), value: try value.unsqueezed(1)).squeezed(1)
  }

  // The fused CPU kernel reaches 200 GFLOP/s with a head of 512 where plain bfloat16 products reach 800 (2 cores with
  // AVX512-BF16). Products round scores to 8 bits; taking the keys' mean off, which moves all scores of a query alike
  // and so leaves their softmax as it is, keeps scores and thereby the rounding small.
  private static func product(_ query: Tensor, _ key: Tensor, _ value: Tensor) throws(TorchError) -> Tensor {
    try query.matmul(try key.transposed(1, 2)).softmax(-1).matmul(value)
  }

  private static func centred(_ key: Tensor, scale: Double) throws(TorchError) -> Tensor {
    let key32 = try key.to(.float32)
    return try ((key32 - key32.mean([1], keepingAxes: true)) * scale).to(key.dtype)
  }
}
