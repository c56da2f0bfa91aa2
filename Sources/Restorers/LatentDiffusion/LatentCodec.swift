public import Priors
public import Torch

/// The way of pictures into latents and back that latent diffusion systems share, in the scaling of their networks.
public struct LatentCodec {
  /// The network.
  public let autoencoder: AutoencoderKL
  /// How the work is cut, which bounds its memory and not its result; nil takes what suits the device.
  public var plan: StripPlan?

  /// A codec over a loaded autoencoder.
  /// - Parameters:
  ///   - autoencoder: The network.
  ///   - plan: How the work is cut; nil takes what suits the device.
  public init(_ autoencoder: AutoencoderKL, plan: StripPlan? = nil) {
    self.autoencoder = autoencoder
    self.plan = plan
  }

  /// Pixels of the picture to one of the latent, along each side.
  public var factor: Int { autoencoder.config.sideFactor }

  /// A draw of a picture's latent.
  /// - Parameters:
  ///   - picture_BCHW: 0…1, sides multiples of ``factor``.
  ///   - noise: Where the draw from the posterior comes from (`NoisePurpose.posterior`).
  /// - Returns: BCHW float32.
  /// - Throws: `RestorationError` for other sides; `TorchError`, also when memory runs out; what the noise throws.
  public func encode(_ picture_BCHW: Tensor, noise: any NoiseSource) throws -> Tensor {
    try check(picture_BCHW)
    return try draw(try autoencoder.encode(try picture_BCHW.to(.float32) * 2 - 1, plan: plan), noise: noise)
  }

  /// The middle of the distribution of a picture's latent: no draw.
  /// - Parameter picture_BCHW: 0…1, sides multiples of ``factor``.
  /// - Returns: BCHW float32.
  /// - Throws: `RestorationError` for other sides; `TorchError`, also when memory runs out.
  public func mean(of picture_BCHW: Tensor) throws -> Tensor {
    try check(picture_BCHW)
    return try autoencoder.latent(
      try autoencoder.encode(try picture_BCHW.to(.float32) * 2 - 1, plan: plan).mean_BCHW)
  }

  /// A draw of a picture's latent from what the autoencoder's encoder answered.
  func draw(_ posterior: LatentPosterior, noise: any NoiseSource) throws -> Tensor {
    let mean_BCHW = posterior.mean_BCHW
    let draw_BCHW = try noise.noise(.posterior, shape: mean_BCHW.shape, device: mean_BCHW.device)
    return try autoencoder.latent(try posterior.sample(draw_BCHW))
  }

  /// Throws unless a picture's sides are multiples of ``factor``.
  func check(_ picture_BCHW: Tensor) throws(RestorationError) {
    let (height, width) = (picture_BCHW.size(2), picture_BCHW.size(3))
    guard height.isMultiple(of: factor), width.isMultiple(of: factor) else {
      throw RestorationError(
        .argument, "encoding a picture of \(width)×\(height): its sides must be multiples of \(factor), pad it first")
    }
  }

  /// The picture of a latent.
  /// - Parameter latent_BCHW: In the scaling of the diffusion network.
  /// - Returns: BCHW float32, about 0…1 and not clamped.
  /// - Throws: `RestorationError` with code `notFinite` when the picture holds NaN or infinity; `TorchError`.
  public func decode(_ latent_BCHW: Tensor) throws -> Tensor {
    try picture(try autoencoder.decode(try autoencoder.unscaled(latent_BCHW), plan: plan))
  }

  /// What a decoder answered, in -1…1, as a picture in 0…1.
  func picture(_ decoded_BCHW: Tensor) throws -> Tensor {
    let picture_BCHW = try decoded_BCHW * 0.5 + 0.5
    guard try picture_BCHW.isFinite().all().item() != 0 else {
      throw RestorationError(
        .notFinite, "the decoded picture held NaN or infinity; the autoencoder must run in float32")
    }
    return picture_BCHW
  }
}
