import Priors
import Restorers
import Torch

/// Remembers the steps of a run.
final class StepLog: SamplingHook {
  private(set) var times: [Double] = []
  private(set) var latents: [Tensor] = []
  private(set) var cleans: [Tensor] = []

  func adjustClean(_ clean_BCHW: Tensor, latent latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor {
    times.append(step.level.timestep)
    latents.append(latent_BCHW)
    cleans.append(clean_BCHW)
    return clean_BCHW
  }
}
