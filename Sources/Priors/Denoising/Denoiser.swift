public import Torch

/// The seam between networks and samplers: given a noisy latent and its noise level, answers the predicted clean latent.
///
/// A denoiser knows what its network predicts (epsilon, v, flow); samplers know nothing of networks, and networks know
/// nothing of samplers. Tiling is a denoiser around a denoiser; restoration sampling and prediction-based
/// self-refinement act on the predicted clean latent, here.
public protocol Denoiser {
  /// Predicts the clean latent.
  /// - Parameters:
  ///   - noisy_BCHW: The latent in the sampler's own scaling, float32.
  ///   - level: Its noise level.
  /// - Returns: The clean latent, BCHW float32.
  /// - Throws: `TorchError`, also when memory runs out.
  func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel) throws -> Tensor
}
