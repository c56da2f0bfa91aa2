internal import Checkpoints
internal import Torch

/// What follows a residual block: a transformer over the text tokens and, in SeeSR, a second whole one over a picture's
/// tokens (representation cross-attention, Wu et al. 2024).
struct BlockAttention {
  private let text: Transformer2D  // attentions.N
  private let image: Transformer2D?  // image_attentions.N

  /// - Parameters:
  ///   - block: The block that holds both lists.
  ///   - layer: Position in the lists.
  ///   - level: Which of the configuration's levels, finest first.
  init(_ block: ParameterPath, _ config: UNetConfig, layer: Int, level: Int) throws {
    func transformer(_ list: String, over contextWidth: Int) throws -> Transformer2D {
      try Transformer2D(
        block / list / layer, width: config.blockOutChannels[level], contextWidth: contextWidth,
        heads: config.headCounts[level], depth: config.transformerLayersPerBlock[level], groups: config.normGroups)
    }
    text = try transformer("attentions", over: config.crossAttentionWidth)
    image = try config.imageCrossAttentionWidth.map { try transformer("image_attentions", over: $0) }
  }

  func callAsFunction(_ x_BCHW: Tensor, _ conditioning: UNetConditioning) throws(TorchError) -> Tensor {
    let x_BCHW = try text(x_BCHW, context: conditioning.text)
    guard let image else { return x_BCHW }
    guard let tokens = conditioning.image else {
      throw TorchError(.argument, "a U-Net with image transformers was given no image tokens; pass those of the tagger")
    }
    return try image(x_BCHW, context: tokens)
  }
}
