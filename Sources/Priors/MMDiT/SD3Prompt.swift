public import Torch

/// A text as a transformer sees it, the same in every step and tile: made by ``SD3Transformer/prompt(text_BTE:pooled_BP:)``.
public struct SD3Prompt {
  /// The text's tokens in the width of the picture's, `[B, T, D]`.
  public let text_BTD: Tensor
  /// The pooled text's part of the conditioning vector, `[B, D]`.
  public let pooled_BD: Tensor
}
