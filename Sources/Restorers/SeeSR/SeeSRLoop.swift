public import Priors
public import Torch

/// SeeSR at test time (Wu et al. 2024, "SeeSR: Towards semantics-aware real-world image super-resolution"): ancestral
/// sampling from the noised latent of the low-quality picture, guided by tags and by the tagger's own tokens.
public struct SeeSRLoop {
  /// The denoising networks.
  public let networks: SteeredUNet
  /// From pictures to latents and back.
  public let codec: LatentCodec
  /// The noise schedule; whatever scheduler it is written for, the run is ancestral (DDPM).
  public let schedule: SchedulerConfig

  /// A loop over loaded networks.
  /// - Parameters:
  ///   - networks: The denoising networks.
  ///   - codec: From pictures to latents and back.
  ///   - schedule: The folder's `scheduler_config.json`: Stable Diffusion 2's by default, SD-Turbo's for turbo mode.
  public init(_ networks: SteeredUNet, _ codec: LatentCodec, schedule: SchedulerConfig = .stableDiffusion()) {
    self.networks = networks
    self.codec = codec
    var schedule = schedule
    schedule.className = DDPMScheduler.className
    self.schedule = schedule
  }

  /// The steps of a run.
  /// - Throws: `SchedulerError` for a number of steps that the schedule does not have.
  public func scheduler(_ settings: SeeSRSettings) throws(SchedulerError) -> any Scheduler {
    try schedule.makeScheduler(steps: settings.steps)
  }

  /// The networks with what they look at: two rows, the first under the negative prompt, where there is guidance.
  /// - Throws: `RestorationError` for guidance without a negative prompt; `SchedulerError`; `TorchError`.
  public func denoiser(_ conditions: SteeredConditions, _ settings: SeeSRSettings) throws -> SteeredDenoiser {
    try SteeredDenoiser(
      networks, conditions, parametrisation: schedule.parametrisation(), factor: codec.factor,
      isGuided: settings.guidance > 1, controlScale: settings.controlScale, passes: settings.passes)
  }

  /// Denoises.
  /// - Parameters:
  ///   - conditions: What the networks look at.
  ///   - settings: What was chosen.
  ///   - run: Noise, tiles, and who watches.
  /// - Returns: The clean latent, BCHW float32.
  /// - Throws: `RestorationError`, `SchedulerError`, `CancellationError`; `TorchError`, also when memory runs out: come
  ///   back with smaller tiles.
  public func latent(_ conditions: SteeredConditions, _ settings: SeeSRSettings, _ run: LatentRun) throws -> Tensor {
    try withoutGradient {
      let sampling = SteeredSampling(
        codec: codec, scheduler: try scheduler(settings), start: settings.start, run: run)
      return try sampling.latent(
        denoiser(conditions, settings), guidance: settings.guidance, from: conditions.picture_BCHW)
    }
  }

  /// Restores a picture: ``latent(_:_:_:)``, decoded.
  /// - Returns: `[1, 3, H, W]`, about 0…1 and not clamped.
  public func restore(_ conditions: SteeredConditions, _ settings: SeeSRSettings, _ run: LatentRun) throws -> Tensor {
    try withoutGradient {
      let latent_BCHW = try latent(conditions, settings, run)
      run.progress?.begin(.decode)
      return try codec.decode(latent_BCHW)
    }
  }
}
