public import Checkpoints
public import Layers
public import Torch

/// The autoencoder of latent diffusion (Rombach et al. 2022): pictures in -1…1 to latents of an eighth of their side, and back.
///
/// Without gradients, maps are worked through in strips of rows: exact (group norms see the statistics of the whole map,
/// convolutions the rows beyond a strip, attention the whole latent), faster on a CPU because strips stay in its cache,
/// and bounded in memory.
public struct AutoencoderKL {
  /// The sizes.
  public let config: AutoencoderKLConfig
  /// From picture to moments, before ``quantConv``.
  public let encoder: AutoencoderEncoder  // encoder
  /// From latent, after ``postQuantConv``, to picture.
  public let decoder: AutoencoderDecoder  // decoder
  /// Mixes the moments' channels.
  public let quantConv: Conv2d?  // quant_conv
  /// Mixes the latent's channels.
  public let postQuantConv: Conv2d?  // post_quant_conv
  private let dtype: DType

  /// Takes the parameters by their published names; the attention may be spelled `query`, `key`, `value`, `proj_attn`, as in
  /// files of before 2023.
  public init(_ path: ParameterPath, _ config: AutoencoderKLConfig) throws {
    self.config = config
    encoder = try AutoencoderEncoder(path / "encoder", config)
    decoder = try AutoencoderDecoder(path / "decoder", config)
    let moments = 2 * config.latentChannels
    quantConv = config.usesQuantConv ? try Conv2d(path / "quant_conv", in: moments, out: moments, size: 1) : nil
    postQuantConv =
      config.usesPostQuantConv
      ? try Conv2d(path / "post_quant_conv", in: config.latentChannels, out: config.latentChannels, size: 1) : nil
    dtype = decoder.dtype
  }

  /// The distribution of a picture's latent.
  /// - Parameters:
  ///   - picture_BCHW: In -1…1. Sides that are no multiple of ``AutoencoderKLConfig/sideFactor`` are rounded down.
  ///   - plan: How to cut the work; nil is whole maps while gradients are recorded, else strips.
  /// - Returns: Means and log-variances in the autoencoder's own scaling: see ``latent(_:)``.
  /// - Throws: `TorchError`, also when memory runs out.
  public func encode(_ picture_BCHW: Tensor, plan: StripPlan? = nil) throws(TorchError) -> LatentPosterior {
    try encode(picture_BCHW, through: encoder.stages, plan: plan)
  }

  /// The same through stages of which some may only look: the encoder's own with others between.
  package func encode(
    _ picture_BCHW: Tensor, through stages: [any FeatureStage], plan: StripPlan?
  ) throws(TorchError) -> LatentPosterior {
    let moments_BCHW = try run(stages, picture_BCHW, plan)
    return try LatentPosterior(
      moments_BCHW: try quantConv.map { quant throws(TorchError) in try quant(moments_BCHW) } ?? moments_BCHW)
  }

  /// The picture of a latent.
  /// - Parameters:
  ///   - z_BCHW: In the autoencoder's own scaling: see ``unscaled(_:)``.
  ///   - plan: How to cut the work; nil is whole maps while gradients are recorded, else strips.
  /// - Returns: The picture, BCHW float32, about -1…1 and not clamped.
  /// - Throws: `TorchError`, also when memory runs out.
  public func decode(_ z_BCHW: Tensor, plan: StripPlan? = nil) throws(TorchError) -> Tensor {
    try decode(z_BCHW, through: decoder.stages, plan: plan)
  }

  /// The same through the decoder's stages with others between.
  package func decode(
    _ z_BCHW: Tensor, through stages: [any FeatureStage], plan: StripPlan?
  ) throws(TorchError) -> Tensor {
    let z_BCHW = try z_BCHW.to(dtype)
    let mixed_BCHW = try postQuantConv.map { mix throws(TorchError) in try mix(z_BCHW) } ?? z_BCHW
    return try run(stages, mixed_BCHW, plan).to(.float32)
  }

  /// From the autoencoder's own scaling to the diffusion network's: `(z - shift) scale`.
  public func latent(_ z_BCHW: Tensor) throws(TorchError) -> Tensor {
    try (config.shiftFactor == 0 ? z_BCHW : z_BCHW - config.shiftFactor) * config.scalingFactor
  }

  /// From the diffusion network's scaling to the autoencoder's own: `latent / scale + shift`.
  public func unscaled(_ latent_BCHW: Tensor) throws(TorchError) -> Tensor {
    let z_BCHW = try latent_BCHW / config.scalingFactor
    return config.shiftFactor == 0 ? z_BCHW : try z_BCHW + config.shiftFactor
  }

  private func run(_ stages: [any FeatureStage], _ input_BCHW: Tensor, _ plan: StripPlan?) throws(TorchError) -> Tensor
  {
    let input_BCHW = try input_BCHW.to(dtype).contiguous(.channelsLast)
    guard let plan = plan ?? (isGradientRecorded ? nil : .standard(for: input_BCHW.device)), plan != .whole else {
      var x_BCHW = input_BCHW
      for stage in stages {
        x_BCHW = try recomputedInBackward { [x_BCHW] () throws(TorchError) in try stage.whole(x_BCHW) }
      }
      return x_BCHW
    }
    // Norm statistics belong to one picture, so strips hold one.
    let pictures = try input_BCHW.split(Array(repeating: 1, count: input_BCHW.size(0)), axis: 0)
    let results = try withoutGradient { () throws(TorchError) in
      var results: [Tensor] = []
      for picture_1CHW in pictures {
        var x = try FeatureStrips(whole: picture_1CHW)
        for stage in stages { x = try stage.strips(x, plan) }
        results.append(try x.gathered())
      }
      return results
    }
    return results.count == 1 ? results[0] : try .concatenated(results, axis: 0)
  }
}
