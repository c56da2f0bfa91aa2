internal import Checkpoints
internal import Layers
internal import Torch

/// A block of the multimodal diffusion transformer (Esser et al. 2024): picture and text attend jointly, then each has a
/// feed-forward of its own; every branch is modulated by time and pooled text.
struct JointBlock {
  private let pictureNorm: AdaptiveLayerNormZero  // norm1
  private let textStream: TextStream
  private let attention: JointAttention  // attn
  private let pictureAttention: PictureAttention?  // attn2
  private let pictureFeedForward: FeedForward  // ff

  /// What the text's tokens go through.
  private enum TextStream {
    case goesOn(AdaptiveLayerNormZero, FeedForward)  // norm1_context, ff_context
    /// In the last block nothing comes after the attention.
    case ends(AdaptiveLayerNormContinuous)  // norm1_context
  }

  /// Takes the block's parameters.
  /// - Parameter layer: The block's number.
  init(_ path: ParameterPath, _ config: SD3TransformerConfig, layer: Int) throws {
    let (width, isLast) = (config.width, layer == config.layerCount - 1)
    let isDual = config.dualAttentionLayers.contains(layer)
    pictureNorm = try AdaptiveLayerNormZero(path / "norm1", width: width, branches: isDual ? 3 : 2)
    textStream =
      isLast
      ? .ends(try AdaptiveLayerNormContinuous(path / "norm1_context", width: width))
      : .goesOn(
        try AdaptiveLayerNormZero(path / "norm1_context", width: width, branches: 2),
        try FeedForward(path / "ff_context", width: width))
    attention = try JointAttention(path / "attn", config, answersText: !isLast)
    pictureAttention = isDual ? try PictureAttention(path / "attn2", config) : nil
    pictureFeedForward = try FeedForward(path / "ff", width: width)
  }

  /// - Parameters:
  ///   - picture_BLD: The picture's tokens.
  ///   - text_BTD: The text's tokens.
  ///   - activated_BD: SiLU of the conditioning vector.
  /// - Returns: The same shapes; behind the last block the text's tokens are what they were.
  func callAsFunction(
    picture picture_BLD: Tensor, text text_BTD: Tensor, _ activated_BD: Tensor
  ) throws(TorchError) -> (picture_BLD: Tensor, text_BTD: Tensor) {
    let modulations = try pictureNorm(activated_BD)
    let normed_BLD = try standardised(picture_BLD)
    let attended: (picture_BLD: Tensor, text_BTD: Tensor?)
    var text_BTD = text_BTD
    switch textStream {
    case .ends(let norm):
      attended = try attention(picture: try modulations[0](normed_BLD), text: try norm(text_BTD, activated_BD))
    case .goesOn(let norm, let feedForward):
      let textModulations = try norm(activated_BD)
      attended = try attention(
        picture: try modulations[0](normed_BLD), text: try textModulations[0](try standardised(text_BTD)))
      if let branch_BTD = attended.text_BTD {
        text_BTD = try textModulations[0].gated(branch_BTD, onto: text_BTD)
        text_BTD = try Self.forwarded(text_BTD, textModulations[1], feedForward)
      }
    }
    var picture_BLD = try modulations[0].gated(attended.picture_BLD, onto: picture_BLD)
    if let pictureAttention {
      picture_BLD = try modulations[2].gated(try pictureAttention(try modulations[2](normed_BLD)), onto: picture_BLD)
    }
    return (try Self.forwarded(picture_BLD, modulations[1], pictureFeedForward), text_BTD)
  }

  private static func forwarded(
    _ x_BLD: Tensor, _ modulation: Modulation, _ feedForward: FeedForward
  ) throws(TorchError) -> Tensor {
    try modulation.gated(try feedForward(try modulation(try standardised(x_BLD))), onto: x_BLD)
  }
}
