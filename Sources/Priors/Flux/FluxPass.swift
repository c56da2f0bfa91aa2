public import Torch

/// What a transformer, and an adapter beside it, are given at one noise level besides the text.
public struct FluxPass {
  /// The noisy latent's tokens: see ``FluxPacking``.
  public let picture_BLC: Tensor
  /// The noise's share of each row, 0…1, float32.
  public let timestep_B: Tensor
  /// How strongly to follow the text, 1 and more, float32. Needed where the network takes guidance, and without effect
  /// elsewhere.
  public let guidance_B: Tensor?
  /// Where the tokens of the text and then of the picture stand.
  public let positions: RotaryTable

  /// What is given at one noise level.
  public init(picture_BLC: Tensor, timestep_B: Tensor, guidance_B: Tensor?, positions: RotaryTable) {
    self.picture_BLC = picture_BLC
    self.timestep_B = timestep_B
    self.guidance_B = guidance_B
    self.positions = positions
  }
}
