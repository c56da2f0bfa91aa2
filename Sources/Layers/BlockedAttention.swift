public import Torch

/// Attention by plain matrix products over a block of scores at a time, where that is faster than libtorch's fused kernel.
///
/// On processors with AVX512-BF16 but without AMX the fused kernel multiplies at 80 GFLOP/s a core with heads of 64, plain
/// bfloat16 products at 400: over 4096 tokens this is 2.4 times as fast. The scores of a block are rounded to bfloat16, as
/// queries and keys are already. The keys' mean is taken off first: that moves all scores of a query alike, so their
/// softmax stays as it is, while scores and their rounding get smaller.
public enum BlockedAttention {
  /// Scores in memory at once, 2 MB: what the caches next to two cores hold.
  private static let scoreCount = 1 << 20

  /// True where this way is the faster one for these queries.
  public static func isFaster(for query: Tensor) -> Bool { isFastHere && !isGradientRecorded && fits(query) }

  /// `softmax(q kᵀ / √D) v` by whichever way is the faster one.
  /// - Parameters:
  ///   - query_BHQD: Queries.
  ///   - key_BHKD: Keys.
  ///   - value_BHKV: Values.
  /// - Returns: `[B, H, Q, V]`.
  /// - Throws: `TorchError`, also when memory runs out.
  public static func fastest(
    query query_BHQD: Tensor, key key_BHKD: Tensor, value value_BHKV: Tensor
  ) throws(TorchError) -> Tensor {
    isFaster(for: query_BHQD)
      ? try attention(query: query_BHQD, key: key_BHKD, value: value_BHKV)
      : try query_BHQD.attention(key: key_BHKD, value: value_BHKV)
  }

  // With AMX the fused kernel packs its operands and is fast.
  private static let isFastHere =
    Machine.cpuFeatures.contains("avx512_bf16") && !Machine.cpuFeatures.contains("amx_bf16")

  private static func fits(_ query: Tensor) -> Bool { query.device == .cpu && query.dtype == .bfloat16 }

  /// `softmax(q kᵀ / √D) v`.
  /// - Parameters:
  ///   - query_BHQD: Queries.
  ///   - key_BHKD: Keys.
  ///   - value_BHKV: Values.
  /// - Returns: `[B, H, Q, V]`, in memory `[B, Q, H, V]`: ready to become tokens without a copy.
  /// - Throws: `TorchError`, also when memory runs out.
  public static func attention(
    query query_BHQD: Tensor, key key_BHKD: Tensor, value value_BHKV: Tensor
  ) throws(TorchError) -> Tensor {
    let (batch, heads, length, width) = (
      query_BHQD.size(0), query_BHQD.size(1), query_BHQD.size(2), query_BHQD.size(3)
    )
    let count = max(key_BHKD.size(2), 1)
    let query_BHQD = try query_BHQD.contiguous()
    let key_BHDK = try centred(key_BHKD, scale: 1 / Double(max(width, 1)).squareRoot()).transposed(2, 3)
    let value_BHKV = try value_BHKV.contiguous()
    let mixed_BQHV = try Tensor.empty(
      [batch, length, heads, value_BHKV.size(3)], dtype: query_BHQD.dtype, device: query_BHQD.device)
    let rows = max(min(length, scoreCount / count), 1)
    let together = max(min(heads, scoreCount / (rows * count)), 1)
    for item in 0..<batch {
      for head in stride(from: 0, to: heads, by: together) {
        let number = min(together, heads - head)
        let key_HDK = try part(key_BHDK, item, head, number)
        let value_HKV = try part(value_BHKV, item, head, number)
        let query_HQD = try part(query_BHQD, item, head, number)
        let target_HQV = try mixed_BQHV.selected(0, item).narrowed(1, from: head, length: number).transposed(0, 1)
        for row in stride(from: 0, to: length, by: rows) {
          let height = min(rows, length - row)
          let scores_HQK = try query_HQD.narrowed(1, from: row, length: height).batchMatmul(key_HDK)
          try scores_HQK.softmaxInPlace(-1)
          try target_HQV.narrowed(1, from: row, length: height).copy(inPlace: try scores_HQK.batchMatmul(value_HKV))
        }
      }
    }
    return try mixed_BQHV.transposed(1, 2)
  }

  private static func part(_ x_BHLD: Tensor, _ item: Int, _ head: Int, _ number: Int) throws(TorchError) -> Tensor {
    try x_BHLD.selected(0, item).narrowed(0, from: head, length: number)
  }

  private static func centred(_ key_BHKD: Tensor, scale: Double) throws(TorchError) -> Tensor {
    let key32 = try key_BHKD.to(.float32)
    let centred = try key32 - key32.mean([2], keepingAxes: true)
    try centred.multiply(inPlace: scale)
    return try centred.to(key_BHKD.dtype).contiguous()
  }
}
