public import Priors
public import Torch

/// StableSR at test time (Wang et al. 2023, "Exploiting Diffusion Prior for Real-World Image Super-Resolution"): the
/// noised latent of the low-quality picture is denoised under the time-aware encoder's eyes, then decoded with as much of
/// the picture's own features as wanted.
public struct StableSRLoop {
  /// The denoising networks.
  public let networks: StructureSteeredUNet
  /// From pictures to latents and back.
  public let autoencoder: FeatureWrappingAutoencoder
  /// What the networks were trained for.
  public let variant: StableSRVariant
  /// How encoding and decoding are cut, which bounds their memory and not their result; nil takes what suits the device.
  public var plan: StripPlan?

  /// A loop over loaded networks.
  /// - Parameters:
  ///   - networks: The denoising networks.
  ///   - autoencoder: From pictures to latents and back.
  ///   - variant: What the networks were trained for.
  ///   - plan: How encoding and decoding are cut; nil takes what suits the device.
  public init(
    _ networks: StructureSteeredUNet, _ autoencoder: FeatureWrappingAutoencoder, variant: StableSRVariant = .base512,
    plan: StripPlan? = nil
  ) {
    self.networks = networks
    self.autoencoder = autoencoder
    self.variant = variant
    self.plan = plan
  }

  /// A picture's sides must be multiples of this: then every level of the U-Net is as large as its structure features.
  public var sideMultiple: Int { codec.factor * networks.unet.config.sideMultiple }

  private var codec: LatentCodec { LatentCodec(autoencoder.autoencoder, plan: plan) }

  /// What the encoder says of the low-quality picture: the latent that steers, and the features for the decoder.
  public struct Source {
    /// A draw of its latent, BCHW float32, in the scaling of the diffusion networks.
    public let latent_BCHW: Tensor
    /// The encoder's features: see ``FeatureWrappingAutoencoder``. Empty where only a decode of weight 0 will follow.
    public let features: [Tensor]
  }

  /// The tiles of a picture's latent.
  /// - Parameters:
  ///   - picture_BCHW: Enlarged; its sides are multiples of ``sideMultiple``.
  ///   - side: Side of a tile in pixels of the picture, rounded down to a multiple of ``sideMultiple``; nil is what the
  ///     networks were trained for.
  ///   - window: How much each pixel of a tile counts.
  /// - Returns: nil where one tile covers the picture.
  /// - Throws: `RestorationError` for a tile that is too small to be cut.
  public func tiling(
    for picture_BCHW: Tensor, side: Int? = nil, window: TileWindow = .gaussian
  ) throws(RestorationError) -> LatentTiling? {
    try variant.tiling(
      height: picture_BCHW.size(2) / codec.factor, width: picture_BCHW.size(3) / codec.factor,
      side: side.map { $0 / codec.factor }, alignment: networks.unet.config.sideMultiple, window: window)
  }

  /// Encodes the low-quality picture, once for latent and features.
  /// - Parameters:
  ///   - picture_BCHW: Enlarged, `[1, 3, H, W]`, 0…1.
  ///   - noise: Where the draw from the posterior comes from (`NoisePurpose.posterior`).
  ///   - keepsFeatures: Whether features are wanted: only a decode of weight 0 can do without.
  /// - Throws: `RestorationError` for sides that are no multiples of ``sideMultiple``; `TorchError`.
  public func encode(
    _ picture_BCHW: Tensor, noise: any NoiseSource, keepsFeatures: Bool = true
  ) throws -> Source {
    let (height, width) = (picture_BCHW.size(2), picture_BCHW.size(3))
    guard height.isMultiple(of: sideMultiple), width.isMultiple(of: sideMultiple) else {
      throw RestorationError(
        .argument,
        "encoding a picture of \(width)×\(height): its sides must be multiples of \(sideMultiple), pad it first")
    }
    return try withoutGradient {
      let picture_BCHW = try picture_BCHW.to(.float32) * 2 - 1
      guard keepsFeatures else {
        let posterior = try autoencoder.autoencoder.encode(picture_BCHW, plan: plan)
        return Source(latent_BCHW: try codec.draw(posterior, noise: noise), features: [])
      }
      let encoding = try autoencoder.encode(picture_BCHW, plan: plan)
      return Source(latent_BCHW: try codec.draw(encoding.posterior, noise: noise), features: encoding.features)
    }
  }

  /// Denoises.
  /// - Parameters:
  ///   - source: What ``encode(_:noise:keepsFeatures:)`` answered.
  ///   - prompt_BLD: Text tokens, `[1, L, D]`: those of the empty prompt where there are no words.
  ///   - negativePrompt_BLD: Text tokens of what not to show; needed for guidance.
  ///   - settings: What was chosen.
  ///   - run: Noise, tiles (``tiling(for:side:window:)``), and who watches.
  /// - Returns: The clean latent, BCHW float32.
  /// - Throws: `RestorationError`, `SchedulerError`, `CancellationError`; `TorchError`, also when memory runs out: come
  ///   back with smaller tiles.
  public func latent(
    _ source: Source, prompt_BLD: Tensor, negativePrompt_BLD: Tensor? = nil, _ settings: StableSRSettings,
    _ run: LatentRun
  ) throws -> Tensor {
    try withoutGradient {
      var prompts = [prompt_BLD]
      if settings.guidance > 1 {
        guard let negativePrompt_BLD else {
          throw RestorationError(
            .argument, "guidance was asked for without a negative prompt; an empty text is one too")
        }
        prompts.insert(negativePrompt_BLD, at: 0)
      }
      let denoiser = try StructureSteeredDenoiser(
        networks, low_BCHW: source.latent_BCHW, prompts_BLD: prompts, parametrisation: variant.parametrisation,
        passes: settings.passes)
      return try AggregationSampling(settings, variant.parametrisation, run).latent(from: source.latent_BCHW) {
        try denoiser.predictClean($0, at: $2, in: $1)
      }
    }
  }

  /// The picture of a latent. Another weight needs this alone, and no new sampling.
  /// - Parameters:
  ///   - latent_BCHW: What ``latent(_:prompt_BLD:negativePrompt_BLD:_:_:)`` answered.
  ///   - source: What ``encode(_:noise:keepsFeatures:)`` answered.
  ///   - weight: How much of the low-quality picture's features is mixed in, 0…1.
  /// - Returns: `[1, 3, H, W]`, about 0…1 and not clamped.
  /// - Throws: `RestorationError` for a weight out of range, and with code `notFinite` when the picture holds NaN or
  ///   infinity; `TorchError`.
  public func decode(_ latent_BCHW: Tensor, _ source: Source, weight: Double) throws -> Tensor {
    guard (0...1).contains(weight) else {
      throw RestorationError(.argument, "decoding with a weight of \(weight); it goes from 0 to 1")
    }
    return try withoutGradient {
      let unscaled_BCHW = try autoencoder.autoencoder.unscaled(latent_BCHW)
      return try codec.picture(
        try autoencoder.decode(unscaled_BCHW, features: source.features, weight: weight, plan: plan))
    }
  }

  /// Restores a picture: ``encode(_:noise:keepsFeatures:)``, ``latent(_:prompt_BLD:negativePrompt_BLD:_:_:)`` and
  /// ``decode(_:_:weight:)``.
  /// - Returns: `[1, 3, H, W]`, about 0…1 and not clamped.
  public func restore(
    _ picture_BCHW: Tensor, prompt_BLD: Tensor, negativePrompt_BLD: Tensor? = nil, _ settings: StableSRSettings,
    _ run: LatentRun
  ) throws -> Tensor {
    try withoutGradient {
      run.progress?.begin(.encode)
      let source = try encode(picture_BCHW, noise: run.noise, keepsFeatures: settings.weight != 0)
      let latent_BCHW = try latent(
        source, prompt_BLD: prompt_BLD, negativePrompt_BLD: negativePrompt_BLD, settings, run)
      run.progress?.begin(.decode)
      return try decode(latent_BCHW, source, weight: settings.weight)
    }
  }
}
