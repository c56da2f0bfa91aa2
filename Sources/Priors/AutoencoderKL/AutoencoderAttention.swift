public import Checkpoints
internal import Layers
public import Torch

/// Attention of one head over all positions of a map, in the middle of an autoencoder.
public struct AutoencoderAttention: FeatureStage {
  private let norm: GroupNorm  // group_norm
  private let query: Linear  // to_q, or query
  private let key: Linear  // to_k, or key
  private let value: Linear  // to_v, or value
  private let output: Linear  // to_out.0, or proj_attn

  /// Takes the parameters, in either spelling.
  public init(_ path: ParameterPath, width: Int, groups: Int) throws {
    let isOld = path.contains("query.weight")
    func linear(_ path: ParameterPath) throws -> Linear { try Linear(path, in: width, out: width) }
    norm = try GroupNorm(path / "group_norm", groups: groups, channels: width, epsilon: 1e-6)
    query = try linear(path / (isOld ? "query" : "to_q"))
    key = try linear(path / (isOld ? "key" : "to_k"))
    value = try linear(path / (isOld ? "value" : "to_v"))
    output = try linear(isOld ? path / "proj_attn" : path / "to_out" / 0)
  }

  /// The map plus what each position gathers from all.
  public func whole(_ x_BCHW: Tensor) throws(TorchError) -> Tensor { try x_BCHW + mixed(try norm(x_BCHW)) }

  /// The same on strips. At the latent's size the whole map is small; only the scores are not, and those are never whole.
  public func strips(_ x: FeatureStrips, _ plan: StripPlan) throws(TorchError) -> FeatureStrips {
    let scale = try ChannelScale(norm, of: x)
    let x_BCHW = try x.gathered()
    return try FeatureStrips(whole: try x_BCHW + mixed(try scale(x_BCHW)))
  }

  private func mixed(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    let tokens_BLC = try x_BCHW.permuted([0, 2, 3, 1]).flattened(from: 1, to: 2)
    let mixed_BLC = try ChunkedAttention.attention(
      query: try query(tokens_BLC), key: try key(tokens_BLC), value: try value(tokens_BLC))
    return try output(mixed_BLC).reshaped([x_BCHW.size(0), x_BCHW.size(2), x_BCHW.size(3), x_BCHW.size(1)])
      .permuted([0, 3, 1, 2])
  }
}
