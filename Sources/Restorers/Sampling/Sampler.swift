public import Priors
public import Torch

/// The sampling loop: asks a denoiser at each noise level and lets a scheduler step.
///
/// It knows no network. The same denoiser, scheduler, noise and start give the same latent, bit for bit.
public struct Sampler {
  /// Noise levels and formulas.
  public var scheduler: any Scheduler
  /// Where fresh noise comes from.
  public var noise: any NoiseSource
  /// What takes part between network and scheduler, in this order.
  public var hooks: [any SamplingHook]
  /// Told after each step.
  public var progress: ProgressReporter?
  /// Asked before each step.
  public var cancellation: CancellationCheck

  /// A sampling loop.
  /// - Parameters:
  ///   - scheduler: Noise levels and formulas.
  ///   - noise: Where fresh noise comes from.
  ///   - hooks: What takes part between network and scheduler, in this order.
  ///   - progress: Told after each step.
  ///   - cancellation: Asked before each step.
  public init(
    _ scheduler: any Scheduler, noise: any NoiseSource, hooks: [any SamplingHook] = [],
    progress: ProgressReporter? = nil,
    cancellation: CancellationCheck = .never
  ) {
    self.scheduler = scheduler
    self.noise = noise
    self.hooks = hooks
    self.progress = progress
    self.cancellation = cancellation
  }

  /// Runs the steps.
  /// - Parameters:
  ///   - denoiser: Answers the predicted clean latent.
  ///   - latent_BCHW: The latent that arrives at the first step, float32 in the scheduler's scaling: noise alone
  ///     (`Scheduler.initialLatent`) or a picture's latent with noise (`Scheduler.addNoise`).
  ///   - first: The step to start with; later ones leave more of the start (see `Scheduler.firstStep(atOrBelow:)`).
  /// - Returns: The latent after the last step, BCHW float32. The start itself when there is no step to take.
  /// - Throws: `RestorationError` with code `notFinite` and the step when a latent holds NaN or infinity (run the networks
  ///   again in float32), `CancellationError`, and whatever the denoiser and the hooks throw.
  public func run(_ denoiser: any Denoiser, from latent_BCHW: Tensor, startingAt first: Int = 0) throws -> Tensor {
    let levels = scheduler.levels
    guard first >= 0 else { throw RestorationError(.argument, "sampling was asked to start at step \(first)") }
    var latent = try latent_BCHW.to(.float32)
    var previousClean: Tensor?
    progress?.begin(.denoise, steps: max(levels.count - first, 0))
    for index in levels.indices.dropFirst(first) {
      try cancellation.check()
      let step = SamplingStep(
        index: index, count: levels.count, level: levels[index],
        nextLevel: index + 1 < levels.count ? scheduler.arrivalLevel(index + 1) : scheduler.finalLevel)
      if scheduler.churnScale(index) != 0 {
        latent = try scheduler.churned(latent, index: index, noise: draw(.churn(index), like: latent))
      }
      var clean = try denoiser.predictClean(latent, at: step.level)
      try checkFinite(clean, "the predicted clean latent", step)
      for hook in hooks { clean = try hook.adjustClean(clean, latent: latent, step: step) }
      latent = try scheduler.step(
        clean: clean, sample: latent, index: index, previousClean: previousClean,
        noise: scheduler.needsNoise(index) ? draw(.step(index), like: latent) : nil)
      for hook in hooks { latent = try hook.adjustLatent(latent, step: step) }
      try checkFinite(latent, "the latent", step)
      previousClean = clean
      progress?.finishedStep(index + 1 - first)
      if !step.isLast {
        for hook in hooks { try hook.refine(predictedClean: clean, afterStep: index) }
      }
    }
    return latent
  }

  private func draw(_ purpose: NoisePurpose, like latent: Tensor) throws -> Tensor {
    try noise.noise(purpose, shape: latent.shape, device: latent.device)
  }

  private func checkFinite(_ latent: Tensor, _ what: String, _ step: SamplingStep) throws {
    guard try latent.isFinite().all().item() == 0 else { return }
    throw RestorationError(
      .notFinite,
      "\(what) held NaN or infinity at step \(step.index + 1) of \(step.count) (time \(step.level.timestep)); "
        + "the networks must run in float32",
      step: step.index)
  }
}
