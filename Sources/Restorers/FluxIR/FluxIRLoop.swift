public import Priors
public import Torch

/// FluxIR at test time: rectified flow from noise to a picture, with the adapter at work in every step.
public struct FluxIRLoop {
  /// FLUX.1.
  public let transformer: FluxTransformer
  /// What steers it.
  public let adapter: FluxIRAdapter
  /// From pictures to latents and back.
  public let codec: LatentCodec
  /// The noise schedule, shifted by the size of what the transformer sees.
  public let schedule: SchedulerConfig

  /// A loop over loaded networks.
  public init(
    _ transformer: FluxTransformer, _ adapter: FluxIRAdapter, _ codec: LatentCodec, schedule: SchedulerConfig
  ) {
    self.transformer = transformer
    self.adapter = adapter
    self.codec = codec
    self.schedule = schedule
  }

  /// A picture's sides must be multiples of this.
  public var sideMultiple: Int { codec.factor * transformer.config.sideMultiple }

  /// The tiles of a picture's latent: a quarter is shared, Gaussian weights blend.
  /// - Parameters:
  ///   - picture_BCHW: Its sides are multiples of ``sideMultiple``.
  ///   - side: Longest side of a tile, in pixels of the picture.
  /// - Returns: nil where one tile covers the picture.
  /// - Throws: `RestorationError` for a tile that is too small to be cut.
  public func tiling(for picture_BCHW: Tensor, side: Int) throws(RestorationError) -> LatentTiling? {
    var tiling = try LatentTiling.covering(
      picture_BCHW, side: side, factor: codec.factor, alignment: transformer.config.sideMultiple)
    tiling?.window = .gaussian
    return tiling
  }

  /// The steps of a run.
  /// - Parameters:
  ///   - settings: What was chosen.
  ///   - tokens: Tokens of the picture that the transformer sees at once: a tile's, where there are tiles.
  /// - Throws: `SchedulerError` for a number of steps below 1.
  public func scheduler(_ settings: FluxIRSettings, tokens: Int) throws(SchedulerError) -> any Scheduler {
    guard settings.steps > 0 else {
      throw SchedulerError(.request, "a run of \(settings.steps) steps: it has at least 1")
    }
    return try schedule.makeScheduler(
      sigmas: SchedulerConfig.evenSigmas(settings.steps),
      mu: schedule.useDynamicShifting == true ? schedule.dynamicShift(tokens: tokens) : nil)
  }

  /// Denoises.
  /// - Parameters:
  ///   - picture_BCHW: The enlarged low-quality picture, `[1, 3, H, W]`, 0…1.
  ///   - prompt: What the transformer is told: the empty prompt most often, of `FluxIRConfig.textLength` tokens.
  ///   - settings: What was chosen.
  ///   - run: Noise, tiles, and who watches.
  /// - Returns: The clean latent, BCHW float32.
  /// - Throws: `RestorationError`, `SchedulerError`, `CancellationError`; what reading streamed blocks throws; `TorchError`,
  ///   also when memory runs out: come back with smaller tiles.
  public func latent(
    _ picture_BCHW: Tensor, prompt: JointPrompt, _ settings: FluxIRSettings, _ run: LatentRun
  ) throws -> Tensor {
    try withoutGradient {
      run.progress?.begin(.encode)
      let low_BCHW = try codec.mean(of: picture_BCHW)
      let sides = run.tiling.map { ($0.plan.tileHeight, $0.plan.tileWidth) } ?? (low_BCHW.size(2), low_BCHW.size(3))
      let area = FluxPacking.side * FluxPacking.side
      let scheduler = try scheduler(settings, tokens: sides.0 * sides.1 / area)
      let (start_BCHW, first) = try Self.aligned(settings.start, to: scheduler).latent(
        scheduler, noise: run.noise, shape: low_BCHW.shape, device: low_BCHW.device
      ) { low_BCHW }
      let prior = try FluxIRPrior(
        FluxPrior(transformer, guidance: settings.guidance), adapter, low_BCHW: low_BCHW, scale: settings.controlScale)
      let rows = try PromptedDenoiser(prior, prompts: [prompt], passes: .inTurn)
      let sampler = Sampler(
        scheduler, noise: run.noise, hooks: run.hooks, progress: run.progress, cancellation: run.cancellation)
      return try sampler.run(tiled(rows, run), from: start_BCHW, startingAt: first)
    }
  }

  /// A start from a picture at the first step at or below its time, or the last step: on few steps they lie far from one
  /// another.
  private static func aligned(_ start: LatentStart, to scheduler: any Scheduler) -> LatentStart {
    guard case .picture(let time) = start else { return start }
    let level = scheduler.levels.first { $0.timestep <= time } ?? scheduler.levels.last
    return .picture(time: level?.timestep ?? time)
  }

  /// Restores a picture: ``latent(_:prompt:_:_:)``, decoded.
  /// - Returns: `[1, 3, H, W]`, about 0…1 and not clamped.
  public func restore(
    _ picture_BCHW: Tensor, prompt: JointPrompt, _ settings: FluxIRSettings, _ run: LatentRun
  ) throws -> Tensor {
    try withoutGradient {
      let latent_BCHW = try latent(picture_BCHW, prompt: prompt, settings, run)
      run.progress?.begin(.decode)
      return try codec.decode(latent_BCHW)
    }
  }

  private func tiled(_ rows: PromptedDenoiser<FluxIRPrior>, _ run: LatentRun) -> any Denoiser {
    guard let tiling = run.tiling else { return rows }
    return TiledDenoiser(
      tiling.plan, window: tiling.window, progress: run.progress, cancellation: run.cancellation
    ) { noisy_BCHW, tile, level in try rows.predictClean(noisy_BCHW, at: level, in: tile) }
  }
}
