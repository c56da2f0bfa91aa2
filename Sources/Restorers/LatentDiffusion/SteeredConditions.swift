public import Torch

/// What the networks of SeeSR and AddSR look at: one picture, and what was read and said of it.
public struct SteeredConditions {
  /// The enlarged low-quality picture, `[1, 3, H, W]`, 0…1.
  public var picture_BCHW: Tensor
  /// Text tokens of what to show, `[1, L, D]`.
  public var prompt_BLD: Tensor
  /// Text tokens of what not to show, `[1, L, D]`; needed for guidance.
  public var negativePrompt_BLD: Tensor?
  /// The tagger's tokens of the low-quality picture, `[1, L, D]`: 145 × 512 for RAM.
  public var imageTokens_BLD: Tensor

  /// Conditions of a run.
  /// - Parameters:
  ///   - picture_BCHW: The enlarged low-quality picture, `[1, 3, H, W]`, 0…1.
  ///   - prompt_BLD: Text tokens of what to show, `[1, L, D]`.
  ///   - negativePrompt_BLD: Text tokens of what not to show, `[1, L, D]`; needed for guidance.
  ///   - imageTokens_BLD: The tagger's tokens of the low-quality picture, `[1, L, D]`.
  public init(picture_BCHW: Tensor, prompt_BLD: Tensor, negativePrompt_BLD: Tensor? = nil, imageTokens_BLD: Tensor) {
    self.picture_BCHW = picture_BCHW
    self.prompt_BLD = prompt_BLD
    self.negativePrompt_BLD = negativePrompt_BLD
    self.imageTokens_BLD = imageTokens_BLD
  }
}
