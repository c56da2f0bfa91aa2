public import Checkpoints
internal import Layers
public import Torch

/// Multi-head attention of U-Net transformers: over the tokens themselves, or over a context.
public struct Attention {
  private let query: Linear  // to_q
  private let key: Linear  // to_k
  private let value: Linear  // to_v
  private let output: Linear  // to_out.0
  private let heads: Int

  /// Takes `to_q`, `to_k`, `to_v` (without bias) and `to_out.0`.
  /// - Parameter contextWidth: Width of the tokens looked at; nil for self-attention.
  public init(_ path: ParameterPath, width: Int, contextWidth: Int? = nil, heads: Int) throws {
    query = try Linear(path / "to_q", in: width, out: width, bias: false)
    key = try Linear(path / "to_k", in: contextWidth ?? width, out: width, bias: false)
    value = try Linear(path / "to_v", in: contextWidth ?? width, out: width, bias: false)
    output = try Linear(path / "to_out" / 0, in: width, out: width)
    self.heads = heads
  }

  /// `[B, L, D]` to the same shape; with a context, looks there.
  public func callAsFunction(_ x_BLD: Tensor, context: Context? = nil) throws(TorchError) -> Tensor {
    let query_BHLK = try separated(query(x_BLD))
    let pair: (key: Tensor, value: Tensor)
    if let context {
      pair = try context.projection(of: key.weight) { tokens throws(TorchError) in
        (try separated(key(tokens)), try separated(value(tokens)))
      }
    } else {
      pair = (try separated(key(x_BLD)), try separated(value(x_BLD)))
    }
    let mixed_BHLK = try BlockedAttention.fastest(query: query_BHLK, key: pair.key, value: pair.value)
    return try output(try mixed_BHLK.transposed(1, 2).reshaped(x_BLD.shape))
  }

  private func separated(_ x_BLD: Tensor) throws(TorchError) -> Tensor {
    let width = x_BLD.size(2)
    return try x_BLD.reshaped([x_BLD.size(0), x_BLD.size(1), heads, width / heads]).transposed(1, 2)
  }
}
