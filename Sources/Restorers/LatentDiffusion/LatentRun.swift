/// What a run is given besides its networks and conditions.
public struct LatentRun {
  /// Where everything random comes from.
  public var noise: any NoiseSource
  /// How the latent is cut for the denoising networks; nil takes it whole.
  public var tiling: LatentTiling?
  /// What takes part between network and scheduler, after the system's own.
  public var hooks: [any SamplingHook]
  /// Told of stages, steps and tiles.
  public var progress: ProgressReporter?
  /// Asked between steps and tiles.
  public var cancellation: CancellationCheck

  /// A run.
  /// - Parameters:
  ///   - noise: Where everything random comes from.
  ///   - tiling: How the latent is cut for the denoising networks; nil takes it whole.
  ///   - hooks: What takes part between network and scheduler, after the system's own.
  ///   - progress: Told of stages, steps and tiles.
  ///   - cancellation: Asked between steps and tiles.
  public init(
    noise: any NoiseSource, tiling: LatentTiling? = nil, hooks: [any SamplingHook] = [],
    progress: ProgressReporter? = nil, cancellation: CancellationCheck = .never
  ) {
    self.noise = noise
    self.tiling = tiling
    self.hooks = hooks
    self.progress = progress
    self.cancellation = cancellation
  }
}
