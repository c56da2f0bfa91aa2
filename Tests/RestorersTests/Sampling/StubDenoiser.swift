import Priors
import Torch

/// A denoiser made of a closure, which counts how often it was asked.
final class StubDenoiser: Denoiser {
  private(set) var levels: [NoiseLevel] = []
  private(set) var latents: [Tensor] = []
  private let answer: (Tensor, NoiseLevel) throws -> Tensor

  init(_ answer: @escaping (Tensor, NoiseLevel) throws -> Tensor) { self.answer = answer }

  func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel) throws -> Tensor {
    levels.append(level)
    latents.append(noisy_BCHW)
    return try answer(noisy_BCHW, level)
  }
}
