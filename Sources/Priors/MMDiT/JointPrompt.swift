public import Torch

/// A text as a transformer of joint attention sees it, the same in every step and tile: made by
/// ``SD3Transformer/prompt(text_BTE:pooled_BP:)`` and ``FluxTransformer/prompt(text_BTE:pooled_BP:)``.
public struct JointPrompt {
  /// The text's tokens in the width of the picture's, `[B, T, D]`.
  public let text_BTD: Tensor
  /// The pooled text's part of the conditioning vector, `[B, D]`.
  public let pooled_BD: Tensor

  init(text_BTD: Tensor, pooled_BD: Tensor) {
    self.text_BTD = text_BTD
    self.pooled_BD = pooled_BD
  }

  /// Several prompts of the same length, one behind the other.
  /// - Throws: `TorchError` for prompts of different lengths, and for none.
  public init(rows: [JointPrompt]) throws(TorchError) {
    text_BTD = try .concatenated(rows.map(\.text_BTD), axis: 0)
    pooled_BD = try .concatenated(rows.map(\.pooled_BD), axis: 0)
  }

  /// The number of the text's tokens.
  public var length: Int { text_BTD.size(1) }
}
