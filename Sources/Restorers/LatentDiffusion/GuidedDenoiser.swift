public import Priors
public import Torch

/// Classifier-free guidance (Ho and Salimans 2022): away from what a negative prompt asks for,
/// `negative + scale (prompt - negative)`.
///
/// The formula is written for what the network predicts. The clean latent follows from that by weights that add up to
/// the same for both prompts, so it holds for clean latents as it stands.
public struct GuidedDenoiser: Denoiser {
  /// 1 answers what the prompt asks for, more goes beyond.
  public let scale: Double
  private let pair: any Denoiser

  /// A guided denoiser.
  /// - Parameters:
  ///   - pair: Asked about the noisy latent twice, `[2 B, C, H, W]`; takes the rows of the first half under the negative
  ///     prompt, those of the second under the prompt. Tiles belong around this one, so that both predictions are
  ///     blended before they are combined.
  ///   - scale: 1 answers what the prompt asks for, more goes beyond.
  public init(_ pair: any Denoiser, scale: Double) {
    self.pair = pair
    self.scale = scale
  }

  /// Predicts the clean latent.
  public func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel) throws -> Tensor {
    let halves = try pair.predictClean(.concatenated([noisy_BCHW, noisy_BCHW], axis: 0), at: level).chunks(2, axis: 0)
    return try halves[0].lerp(to: halves[1], weight: scale)
  }
}
