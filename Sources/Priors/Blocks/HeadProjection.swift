public import Checkpoints
internal import Layers
public import Torch

/// Queries, keys and values, each `[B, L, H, K]`: `L` tokens, `H` heads of width `K`.
public struct AttentionHeads {
  /// What looks.
  public var query_BLHK: Tensor
  /// What is looked for.
  public var key_BLHK: Tensor
  /// What is found.
  public var value_BLHK: Tensor

  /// These tokens and then others, as one sequence.
  public func followed(by other: AttentionHeads) throws(TorchError) -> AttentionHeads {
    AttentionHeads(
      query_BLHK: try .concatenated([query_BLHK, other.query_BLHK], axis: 1),
      key_BLHK: try .concatenated([key_BLHK, other.key_BLHK], axis: 1),
      value_BLHK: try .concatenated([value_BLHK, other.value_BLHK], axis: 1))
  }

  /// These tokens where a table says that they stand: queries and keys are turned.
  /// - Parameter positions: A row for each token; nil leaves them.
  public func rotated(by positions: RotaryTable?) throws(TorchError) -> AttentionHeads {
    guard let positions else { return self }
    return AttentionHeads(
      query_BLHK: try positions(query_BLHK), key_BLHK: try positions(key_BLHK), value_BLHK: value_BLHK)
  }

  /// Every token looks at every one: `softmax(q kᵀ / √K) v`.
  /// - Returns: `[B, L, H K]`.
  /// - Throws: `TorchError`, also when memory runs out.
  public func attended() throws(TorchError) -> Tensor {
    let mixed_BHLK = try BlockedAttention.fastest(
      query: try query_BLHK.transposed(1, 2), key: try key_BLHK.transposed(1, 2), value: try value_BLHK.transposed(1, 2)
    )
    return try mixed_BHLK.transposed(1, 2).flattened(from: 2)
  }
}

/// Makes queries, keys and values of tokens, all with biases, and normalises queries and keys where the model does.
public struct HeadProjection {
  /// What a checkpoint calls the layers.
  public struct Names: Sendable {
    let query: String
    let key: String
    let value: String
    let queryNorm: String
    let keyNorm: String

    /// Of an attention's own tokens: the picture's.
    public static let own = Names(
      query: "to_q", key: "to_k", value: "to_v", queryNorm: "norm_q", keyNorm: "norm_k")
    /// Of the tokens that joined them: the text's.
    public static let added = Names(
      query: "add_q_proj", key: "add_k_proj", value: "add_v_proj", queryNorm: "norm_added_q", keyNorm: "norm_added_k")
  }

  private let query: Linear  // to_q, add_q_proj
  private let key: Linear  // to_k, add_k_proj
  private let value: Linear  // to_v, add_v_proj
  private let queryNorm: RMSNorm?  // norm_q, norm_added_q
  private let keyNorm: RMSNorm?  // norm_k, norm_added_k
  private let heads: Int

  /// Takes the layers' parameters.
  /// - Parameters:
  ///   - width: Width of a token, which `heads` divides.
  ///   - normalises: Whether an RMS norm over each head follows queries and keys.
  public init(_ path: ParameterPath, _ names: Names, width: Int, heads: Int, normalises: Bool) throws {
    query = try Linear(path / names.query, in: width, out: width)
    key = try Linear(path / names.key, in: width, out: width)
    value = try Linear(path / names.value, in: width, out: width)
    queryNorm = normalises ? try RMSNorm(path / names.queryNorm, width: width / heads) : nil
    keyNorm = normalises ? try RMSNorm(path / names.keyNorm, width: width / heads) : nil
    self.heads = heads
  }

  /// `[B, L, D]` to its heads.
  public func callAsFunction(_ x_BLD: Tensor) throws(TorchError) -> AttentionHeads {
    AttentionHeads(
      query_BLHK: try separated(try query(x_BLD), queryNorm), key_BLHK: try separated(try key(x_BLD), keyNorm),
      value_BLHK: try separated(try value(x_BLD), nil))
  }

  private func separated(_ x_BLD: Tensor, _ norm: RMSNorm?) throws(TorchError) -> Tensor {
    let x_BLHK = try x_BLD.reshaped([x_BLD.size(0), x_BLD.size(1), heads, x_BLD.size(2) / heads])
    guard let norm else { return x_BLHK }
    return try norm(x_BLHK)
  }
}
