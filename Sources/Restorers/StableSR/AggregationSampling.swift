public import Priors
public import Torch

/// StableSR's progressive aggregation sampling (Wang et al. 2023, section 3.4): at every step overlapping tiles of the
/// latent are denoised and blended, then the whole latent takes the step.
///
/// It knows no network, so that it can be held to a recorded run.
public struct AggregationSampling {
  /// The run's steps.
  public let scheduler: any Scheduler
  private let settings: StableSRSettings
  private let run: LatentRun

  /// A run.
  /// - Parameters:
  ///   - settings: What was chosen.
  ///   - parametrisation: What the network predicts.
  ///   - run: Noise, tiles, and who watches.
  /// - Throws: `SchedulerError` for a number of steps that the schedule does not have.
  public init(
    _ settings: StableSRSettings, _ parametrisation: Parametrisation, _ run: LatentRun
  ) throws(SchedulerError) {
    scheduler = try settings.scheduler(parametrisation)
    self.settings = settings
    self.run = run
  }

  /// Denoises.
  /// - Parameters:
  ///   - low_BCHW: The low-quality picture's latent, float32.
  ///   - predict: Given a crop of the noisy latent (two rows where there is guidance, the first under the negative prompt),
  ///     where it lies, and its level; answers the clean crop.
  /// - Returns: The clean latent, BCHW float32.
  /// - Throws: `RestorationError`, `CancellationError`, and what `predict` throws.
  public func latent(
    from low_BCHW: Tensor, predict: @escaping (Tensor, Tile, NoiseLevel) throws -> Tensor
  ) throws -> Tensor {
    let (start_BCHW, first) = try settings.start.latent(
      scheduler, noise: run.noise, shape: low_BCHW.shape, device: low_BCHW.device
    ) { low_BCHW }
    let tiling =
      try run.tiling
      ?? LatentTiling(
        TilePlan(
          height: low_BCHW.size(2), width: low_BCHW.size(3), tile: max(low_BCHW.size(2), low_BCHW.size(3)), overlap: 0))
    let tiled = TiledDenoiser(
      tiling.plan, window: tiling.window, progress: run.progress, cancellation: run.cancellation, predict: predict)
    let sampler = Sampler(
      scheduler, noise: run.noise, hooks: run.hooks, progress: run.progress, cancellation: run.cancellation)
    return try sampler.run(
      settings.guidance > 1 ? GuidedDenoiser(tiled, scale: settings.guidance) : tiled, from: start_BCHW,
      startingAt: first)
  }
}
