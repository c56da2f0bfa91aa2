internal import Checkpoints
internal import Layers
internal import Priors
internal import Torch

/// The restoration adapter of one site: `x + out(h)`, where `h` is two blocks over
/// `x + Linear(low) + SiLU(Linear(time))`, and `out` begins as zero, so that the prior is at first unchanged.
///
/// `h` goes on to the next site in place of the low-quality picture. What `out` makes of it would not do: it is zero until
/// training has moved it, and cuts all later sites off.
struct SiteAdapter {
  private let lowProjection: Linear  // lq_proj
  private let embeddingProjection: Linear  // emb_proj
  private let blocks: [any RestorationBlock]  // rab.0, rab.1
  private let output: Linear  // out
  private let config: RestorationAdapterConfig

  /// Takes the adapter's parameters.
  /// - Parameters:
  ///   - lowWidth: Channels of what the site before hands on, or of the low-quality latent at the first one.
  ///   - width: Channels of the features.
  init(
    _ path: ParameterPath, _ config: RestorationAdapterConfig, lowWidth: Int, width: Int, embeddingWidth: Int,
    groups: Int
  ) throws {
    lowProjection = try Linear(path / "lq_proj", in: lowWidth, out: width)
    embeddingProjection = try Linear(path / "emb_proj", in: embeddingWidth, out: width)
    blocks = try (0..<2).map { try config.block(path / "rab" / $0, width: width, groups: groups) }
    output = try Linear(path / "out", in: width, out: width, zero: true)
    self.config = config
  }

  /// The type that the adapter computes in.
  var dtype: DType { output.weight.dtype }

  /// - Parameters:
  ///   - x_BCHW: The features.
  ///   - low_BCHW: What the site before handed on.
  ///   - embedding_BD: The network's embedding of time.
  /// - Returns: What is added to the features, and what goes on to the next site, both of the features' size.
  func callAsFunction(
    _ x_BCHW: Tensor, low low_BCHW: Tensor, embedding_BD: Tensor
  ) throws(TorchError) -> (residual_BCHW: Tensor, low_BCHW: Tensor) {
    let low_BHWC = try lowProjection(try fitted(low_BCHW, to: x_BCHW).permuted([0, 2, 3, 1]))
    let time_B11C = try embedded(embedding_BD).unsqueezed(1).unsqueezed(1)
    let features_BHWC = try x_BCHW.permuted([0, 2, 3, 1])
    let sum_BHWC = try features_BHWC + normed(low_BHWC) + normed(time_B11C)
    var h_BCHW = try (config.isStabilised ? sum_BHWC * 0.5 : sum_BHWC).permuted([0, 3, 1, 2])
    for block in blocks {
      let next_BCHW = try block(h_BCHW)
      h_BCHW = config.isStabilised ? try h_BCHW.lerp(to: next_BCHW, weight: 0.5) : next_BCHW
    }
    let residual_BHWC = try output(try normed(try h_BCHW.permuted([0, 2, 3, 1])))
    return (try residual_BHWC.permuted([0, 3, 1, 2]), h_BCHW)
  }

  private func embedded(_ embedding_BD: Tensor) throws(TorchError) -> Tensor {
    switch config.embeddingOrder {
    case .linearFirst: try embeddingProjection(embedding_BD).silu()
    case .activationFirst: try embeddingProjection(try embedding_BD.silu())
    }
  }

  /// A layer norm without parameters over the last axis, where adapters are stabilised.
  private func normed(_ x: Tensor) throws(TorchError) -> Tensor {
    config.isStabilised ? try x.layerNorm(x.size(-1), weight: nil, bias: nil, epsilon: 1e-6) : x
  }

  /// A map of the features' size: means of whole windows where it was larger, nearest neighbours where it was smaller.
  private func fitted(_ low_BCHW: Tensor, to x_BCHW: Tensor) throws(TorchError) -> Tensor {
    let (height, width) = (x_BCHW.size(2), x_BCHW.size(3))
    if low_BCHW.size(2) == height, low_BCHW.size(3) == width { return low_BCHW }
    return low_BCHW.size(2) >= height && low_BCHW.size(3) >= width
      ? try low_BCHW.adaptiveAveragePooled(height: height, width: width)
      : try low_BCHW.resized(height: height, width: width, .nearest)
  }
}
