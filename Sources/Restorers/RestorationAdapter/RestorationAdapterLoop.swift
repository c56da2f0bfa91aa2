public import Priors
public import Torch

/// The Diffusion Restoration Adapter at test time (Liang et al. 2025, "Diffusion Restoration Adapter for Real-World Image
/// Restoration"): a text-to-image network denoises from noise alone, while adapters between its blocks show it the
/// low-quality picture's latent, and restoration sampling holds it there in the early steps.
///
/// The paper leaves sampler, steps and guidance open; ``RestorationAdapterSettings`` has Burnish's choices.
public struct RestorationAdapterLoop {
  /// From pictures to latents and back.
  public let codec: LatentCodec
  /// The noise schedule.
  public let schedule: SchedulerConfig

  /// A loop.
  /// - Parameters:
  ///   - codec: From pictures to latents and back.
  ///   - schedule: The base model's `scheduler_config.json`.
  public init(_ codec: LatentCodec, schedule: SchedulerConfig) {
    self.codec = codec
    self.schedule = schedule
  }

  /// The steps of a run.
  /// - Throws: `SchedulerError` for a number of steps that the schedule does not have, and for a solver that does not go with
  ///   it.
  public func scheduler(_ settings: RestorationAdapterSettings) throws(SchedulerError) -> any Scheduler {
    var schedule = schedule
    let isFlow = schedule.className == FlowMatchEulerScheduler.className
    switch settings.solver {
    case .euler: schedule.className = isFlow ? FlowMatchEulerScheduler.className : EulerDiscreteScheduler.className
    case .dpmSolver:
      guard !isFlow else {
        throw SchedulerError(
          .unsupported,
          "the solver '\(settings.solver.rawValue)' was asked of a model of rectified flow, which is run by Euler's method"
        )
      }
      schedule.className = DPMSolverMultistepScheduler.className
    }
    return try schedule.makeScheduler(steps: settings.steps)
  }

  /// Denoises.
  /// - Parameters:
  ///   - low_BCHW: The low-quality picture's latent: ``LatentCodec/mean(of:)``.
  ///   - prior: The network, with adapters that see `low_BCHW`.
  ///   - prompts: Conditionings of one row: the prompt, or for guidance the negative prompt and the prompt.
  ///   - settings: What was chosen.
  ///   - run: Noise, tiles, and who watches.
  /// - Returns: The clean latent, BCHW float32.
  /// - Throws: `RestorationError`, `SchedulerError`, `CancellationError`; `TorchError`, also when memory runs out: come
  ///   back with smaller tiles.
  public func latent<Prior: TextToImagePrior>(
    from low_BCHW: Tensor, _ prior: Prior, prompts: [Prior.Conditioning], _ settings: RestorationAdapterSettings,
    _ run: LatentRun
  ) throws -> Tensor {
    try withoutGradient {
      let isGuided = settings.guidance > 1
      guard prompts.count == (isGuided ? 2 : 1) else {
        throw RestorationError(
          .argument,
          "a run with a guidance of \(settings.guidance) was given \(prompts.count) prompts; it takes the negative prompt and the "
            + "prompt where there is guidance (above 1), else the prompt alone")
      }
      let scheduler = try scheduler(settings)
      let start_BCHW = try scheduler.initialLatent(
        noise: run.noise.noise(.initial, shape: low_BCHW.shape, device: low_BCHW.device))
      let pull = try RestorationSampling(towards: low_BCHW, settings.sampling, scheduler: scheduler)
      let rows = try PromptedDenoiser(
        prior, prompts: prompts, passes: settings.passes ?? GuidancePasses.standard(for: low_BCHW.device))
      let whole: any Denoiser =
        run.tiling.map { tiling in
          TiledDenoiser(
            tiling.plan, window: tiling.window, progress: run.progress, cancellation: run.cancellation
          ) { noisy_BCHW, tile, level in try rows.predictClean(noisy_BCHW, at: level, in: tile) }
        } ?? rows
      let sampler = Sampler(
        scheduler, noise: run.noise, hooks: [pull] + run.hooks, progress: run.progress, cancellation: run.cancellation)
      return try sampler.run(
        isGuided ? GuidedDenoiser(whole, scale: settings.guidance) : whole, from: start_BCHW)
    }
  }
}
