public import Torch

/// A text as a transformer sees it, the same in every step and tile: made by
/// ``FluxTransformer/prompt(text_BTE:pooled_BP:)``.
public struct FluxPrompt {
  /// The text's tokens in the width of the picture's, `[B, T, D]`.
  public let text_BTD: Tensor
  /// The pooled text's part of the conditioning vector, `[B, D]`.
  public let pooled_BD: Tensor

  /// The number of the text's tokens.
  public var length: Int { text_BTD.size(1) }
}
