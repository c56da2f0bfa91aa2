public import Priors
public import Torch

/// AddSR at test time (Xie et al. 2024, "AddSR: Accelerating diffusion-based blind super-resolution with adversarial
/// diffusion distillation"): one to four steps of SeeSR's networks, with fresh noise between them and
/// prediction-based self-refinement.
public struct AddSRLoop {
  /// The denoising networks.
  public let networks: SteeredUNet
  /// From pictures to latents and back.
  public let codec: LatentCodec
  /// The noise schedule; `renoisingTimesteps` says the times, 999, 749, 499 and 249 by default.
  public let schedule: SchedulerConfig

  /// A loop over loaded networks.
  /// - Parameters:
  ///   - networks: The denoising networks.
  ///   - codec: From pictures to latents and back.
  ///   - schedule: The folder's `scheduler_config.json`, whatever scheduler it is written for.
  public init(_ networks: SteeredUNet, _ codec: LatentCodec, schedule: SchedulerConfig = .stableDiffusion()) {
    self.networks = networks
    self.codec = codec
    var schedule = schedule
    schedule.className = RenoisingScheduler.className
    self.schedule = schedule
  }

  /// The steps of a run.
  /// - Throws: `SchedulerError` for more steps than the model was distilled for.
  public func scheduler(_ settings: AddSRSettings) throws(SchedulerError) -> any Scheduler {
    try schedule.makeScheduler(steps: settings.steps)
  }

  /// The networks with what they look at first.
  /// - Throws: `SchedulerError`; `TorchError`.
  public func denoiser(_ conditions: SteeredConditions, _ settings: AddSRSettings) throws -> SteeredDenoiser {
    try SteeredDenoiser(
      networks, conditions, parametrisation: schedule.parametrisation(), factor: codec.factor, isGuided: false,
      controlScale: settings.controlScale)
  }

  /// Denoises.
  /// - Parameters:
  ///   - conditions: What the networks look at first; a negative prompt counts for nothing.
  ///   - settings: What was chosen.
  ///   - run: Noise, tiles, and who watches.
  ///   - imageTokens: The tagger: given a picture `[1, 3, H, W]` in 0…1, the tokens of it. Asked after each step but the
  ///     last; never with a refinement weight of 0.
  /// - Returns: The clean latent, BCHW float32.
  /// - Throws: `RestorationError`, `SchedulerError`, `CancellationError`; what the tagger throws; `TorchError`, also when
  ///   memory runs out: come back with smaller tiles.
  public func latent(
    _ conditions: SteeredConditions, _ settings: AddSRSettings, _ run: LatentRun,
    imageTokens: @escaping (Tensor) throws -> Tensor
  ) throws -> Tensor {
    try withoutGradient {
      let scheduler = try scheduler(settings)
      let denoiser = try denoiser(conditions, settings)
      let refinement = try PredictionRefinement(
        of: conditions.picture_BCHW, weight: settings.refinementWeight, decode: codec.decode
      ) { try denoiser.look(at: $0, imageTokens_BLD: imageTokens($0)) }
      let sampling = SteeredSampling(
        codec: codec, scheduler: scheduler,
        start: settings.startsFromNoise ? .noise : .picture(time: scheduler.levels[0].timestep), run: run)
      return try sampling.latent(denoiser, guidance: 1, from: conditions.picture_BCHW, hooks: [refinement])
    }
  }

  /// Restores a picture: ``latent(_:_:_:imageTokens:)``, decoded.
  /// - Returns: `[1, 3, H, W]`, about 0…1 and not clamped.
  public func restore(
    _ conditions: SteeredConditions, _ settings: AddSRSettings, _ run: LatentRun,
    imageTokens: @escaping (Tensor) throws -> Tensor
  ) throws -> Tensor {
    try withoutGradient {
      let latent_BCHW = try latent(conditions, settings, run, imageTokens: imageTokens)
      run.progress?.begin(.decode)
      return try codec.decode(latent_BCHW)
    }
  }
}
