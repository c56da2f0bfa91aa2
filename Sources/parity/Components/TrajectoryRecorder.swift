import Restorers
import Torch

/// Keeps the latent after each step.
final class TrajectoryRecorder: SamplingHook {
  private(set) var latents: [Tensor] = []

  func adjustLatent(_ latent: Tensor, step: SamplingStep) throws -> Tensor {
    latents.append(latent)
    return latent
  }
}
