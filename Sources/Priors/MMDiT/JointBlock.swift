public import Checkpoints
internal import Layers
public import Torch

/// A block of the multimodal diffusion transformer (Esser et al. 2024): picture and text attend jointly, then each has a
/// feed-forward of its own; every branch is modulated by time and pooled text. FLUX.1 calls it a double-stream block.
public struct JointBlock {
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
  public init(_ path: ParameterPath, _ layout: JointBlockLayout) throws {
    let width = layout.width
    pictureNorm = try AdaptiveLayerNormZero(
      path / "norm1", width: width, branches: layout.hasPictureAttention ? 3 : 2)
    textStream =
      layout.answersText
      ? .goesOn(
        try AdaptiveLayerNormZero(path / "norm1_context", width: width, branches: 2),
        try FeedForward(path / "ff_context", width: width))
      : .ends(try AdaptiveLayerNormContinuous(path / "norm1_context", width: width))
    attention = try JointAttention(path / "attn", layout)
    pictureAttention = layout.hasPictureAttention ? try PictureAttention(path / "attn2", layout) : nil
    pictureFeedForward = try FeedForward(path / "ff", width: width)
  }

  /// - Parameters:
  ///   - picture_BLD: The picture's tokens.
  ///   - text_BTD: The text's tokens.
  ///   - activated_BD: SiLU of the conditioning vector.
  ///   - positions: Where the tokens of both stand, in the layout's order; nil where they carry that themselves.
  /// - Returns: The same shapes; where the text does not go on, its tokens are what they were.
  /// - Throws: `TorchError`, also when memory runs out.
  public func callAsFunction(
    picture picture_BLD: Tensor, text text_BTD: Tensor, _ activated_BD: Tensor, positions: RotaryTable? = nil
  ) throws(TorchError) -> (picture_BLD: Tensor, text_BTD: Tensor) {
    let modulations = try pictureNorm(activated_BD)
    let normed_BLD = try standardised(picture_BLD)
    let attended: (picture_BLD: Tensor, text_BTD: Tensor?)
    var text_BTD = text_BTD
    switch textStream {
    case .ends(let norm):
      attended = try attention(
        picture: try modulations[0](normed_BLD), text: try norm(text_BTD, activated_BD), positions: positions)
    case .goesOn(let norm, let feedForward):
      let textModulations = try norm(activated_BD)
      attended = try attention(
        picture: try modulations[0](normed_BLD), text: try textModulations[0](try standardised(text_BTD)),
        positions: positions)
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
