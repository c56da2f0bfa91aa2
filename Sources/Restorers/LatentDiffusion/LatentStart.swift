internal import Priors
internal import Torch

/// What a run begins with.
public enum LatentStart: Sendable, Hashable {
  /// The low-quality picture's latent with the noise of a time: `√Ā z + √(1 - Ā) ε`. Steps above that time are left out.
  case picture(time: Double)
  /// Noise alone.
  case noise

  /// The latent to begin with and the step at which it arrives.
  /// - Parameters:
  ///   - scheduler: The run's steps.
  ///   - noise: Where `NoisePurpose.initial` comes from.
  ///   - shape: Of the latent.
  ///   - device: Where it shall be.
  ///   - picture: The low-quality picture's latent; asked for where it is needed.
  /// - Throws: `RestorationError` when all steps lie above the time; what `picture` and the noise throw.
  func latent(
    _ scheduler: any Scheduler, noise: any NoiseSource, shape: [Int], device: Device, picture: () throws -> Tensor
  ) throws -> (latent_BCHW: Tensor, first: Int) {
    switch self {
    case .picture(let time):
      let first = scheduler.firstStep(atOrBelow: time)
      guard first < scheduler.levels.count else {
        throw RestorationError(
          .argument,
          "a run was to start at time \(time), but the last of its \(scheduler.levels.count) steps is at time "
            + "\(scheduler.levels.last?.timestep ?? 0): start at a later time or take more steps")
      }
      let clean_BCHW = try picture()
      let noise_BCHW = try noise.noise(.initial, shape: clean_BCHW.shape, device: clean_BCHW.device)
      return (
        try scheduler.addNoise(clean: clean_BCHW, noise: noise_BCHW, level: scheduler.level(atTimestep: time)), first
      )
    case .noise:
      return (try scheduler.initialLatent(noise: noise.noise(.initial, shape: shape, device: device)), 0)
    }
  }
}
