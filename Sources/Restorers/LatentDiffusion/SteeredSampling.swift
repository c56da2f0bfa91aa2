internal import Priors
internal import Torch

/// The run that SeeSR and AddSR share: start from the low-quality picture, denoise.
struct SteeredSampling {
  let codec: LatentCodec
  let scheduler: any Scheduler
  let start: LatentStart
  let run: LatentRun

  /// - Parameters:
  ///   - denoiser: The networks with what they look at.
  ///   - guidance: Above 1, the denoiser's two rows are combined.
  ///   - picture_BCHW: The enlarged low-quality picture, 0…1.
  ///   - hooks: The system's own.
  /// - Returns: The clean latent, BCHW float32.
  func latent(
    _ denoiser: SteeredDenoiser, guidance: Double, from picture_BCHW: Tensor, hooks: [any SamplingHook] = []
  ) throws -> Tensor {
    run.progress?.begin(.encode)
    let (start_BCHW, first) = try startingLatent(picture_BCHW)
    let whole: any Denoiser = run.tiling.map { tiled(denoiser, $0) } ?? denoiser
    let sampler = Sampler(
      scheduler, noise: run.noise, hooks: hooks + run.hooks, progress: run.progress, cancellation: run.cancellation)
    return try sampler.run(
      guidance > 1 ? GuidedDenoiser(whole, scale: guidance) : whole, from: start_BCHW, startingAt: first)
  }

  private func startingLatent(_ picture_BCHW: Tensor) throws -> (latent_BCHW: Tensor, first: Int) {
    let shape = [
      picture_BCHW.size(0), codec.autoencoder.config.latentChannels, picture_BCHW.size(2) / codec.factor,
      picture_BCHW.size(3) / codec.factor,
    ]
    return try start.latent(scheduler, noise: run.noise, shape: shape, device: picture_BCHW.device) {
      try codec.encode(picture_BCHW, noise: run.noise)
    }
  }

  private func tiled(_ denoiser: SteeredDenoiser, _ tiling: LatentTiling) -> TiledDenoiser {
    TiledDenoiser(
      tiling.plan, window: tiling.window, progress: run.progress, cancellation: run.cancellation
    ) { noisy_BCHW, tile, level in try denoiser.predictClean(noisy_BCHW, at: level, in: tile) }
  }
}
