public import Checkpoints
public import Priors
public import Torch

/// StableSR's autoencoder with controllable feature wrapping (CFW): the decoder mixes in what the encoder saw of the
/// low-quality picture, by a weight that is chosen when decoding.
///
/// Another weight needs another decode and nothing else: keep the latent and the features. Maps are worked through in
/// strips as in ``AutoencoderKL``, exactly and in bounded memory.
public struct FeatureWrappingAutoencoder {
  /// The sizes.
  public let config: FeatureWrappingConfig
  /// The autoencoder without fusion: scaling of latents, plain encoding and decoding.
  public let autoencoder: AutoencoderKL
  private let fusions: [FeatureFusion]  // decoder.fusion_layer_L, by fused level

  /// What the encoder says of a picture.
  public struct Encoding {
    /// The distribution of its latent.
    public let posterior: LatentPosterior
    /// The encoder's features of ``FeatureWrappingConfig/fusedLevels``, BCHW, in the network's type.
    public let features: [Tensor]
  }

  /// Takes the parameters; the release's are renamed by ``FeatureWrappingConfig/latentDiffusionKeys``.
  public init(_ path: ParameterPath, _ config: FeatureWrappingConfig) throws {
    self.config = config
    autoencoder = try AutoencoderKL(path, config.autoencoder)
    fusions = try config.fusedLevels.map { level in
      try FeatureFusion(
        path / "decoder" / "fusion_layer_\(level)", width: config.autoencoder.blockOutChannels[level], config)
    }
  }

  /// The latent's distribution and the features of a picture: both from one pass.
  /// - Parameters:
  ///   - picture_BCHW: The enlarged low-quality picture, in -1…1.
  ///   - plan: How to cut the work; nil is whole maps while gradients are recorded, else strips.
  /// - Throws: `TorchError`, also when memory runs out.
  public func encode(_ picture_BCHW: Tensor, plan: StripPlan? = nil) throws(TorchError) -> Encoding {
    let encoder = autoencoder.encoder
    let taps = config.fusedLevels.map { _ in FeatureTap() }
    var stages = [encoder.input]
    for (level, blocks) in encoder.levels.enumerated() {
      guard let index = config.fusedLevels.firstIndex(of: level) else {
        stages += blocks
        continue
      }
      // Behind the residual blocks, before the halving.
      stages += blocks.dropLast() + [taps[index]] + blocks.suffix(1)
    }
    stages += encoder.middle + [encoder.output]
    let posterior = try autoencoder.encode(picture_BCHW, through: stages, plan: plan)
    var features: [Tensor] = []
    for tap in taps {
      features.append(tap.kept.count == 1 ? tap.kept[0] : try .concatenated(tap.kept, axis: 0))
    }
    return Encoding(posterior: posterior, features: features)
  }

  /// The picture of a latent.
  /// - Parameters:
  ///   - z_BCHW: In the autoencoder's own scaling: see `AutoencoderKL.unscaled(_:)`.
  ///   - features: What ``encode(_:plan:)`` answered for the low-quality picture of the same size.
  ///   - weight: 0 decodes the latent alone, 1 stays closest to the low-quality picture; the release's default is 0.5.
  ///   - plan: How to cut the work; nil is whole maps while gradients are recorded, else strips.
  /// - Returns: The picture, BCHW float32, about -1…1 and not clamped.
  /// - Throws: `TorchError` for features of another size, also when memory runs out.
  public func decode(
    _ z_BCHW: Tensor, features: [Tensor], weight: Double, plan: StripPlan? = nil
  ) throws(TorchError) -> Tensor {
    if weight == 0 { return try autoencoder.decode(z_BCHW, plan: plan) }
    try check(features, z_BCHW)
    let batch = z_BCHW.size(0)
    if batch == 1 || isGradientRecorded || plan == .whole {
      return try autoencoder.decode(z_BCHW, through: stages(features, weight), plan: plan)
    }
    // Strips hold one picture, and so must the features that go with them.
    var pictures: [Tensor] = []
    for index in 0..<batch {
      let own = try features.map { map throws(TorchError) in try map.narrowed(0, from: index, length: 1) }
      pictures.append(
        try autoencoder.decode(
          try z_BCHW.narrowed(0, from: index, length: 1), through: stages(own, weight), plan: plan))
    }
    return try .concatenated(pictures, axis: 0)
  }

  /// The decoder's stages with the fusions behind the residual blocks of their levels, before the doubling.
  private func stages(_ features: [Tensor], _ weight: Double) -> [any FeatureStage] {
    let decoder = autoencoder.decoder
    var stages = [decoder.input] + decoder.middle
    for (index, blocks) in decoder.levels.enumerated() {
      guard let place = config.fusedLevels.firstIndex(of: decoder.levels.count - 1 - index) else {
        stages += blocks
        continue
      }
      stages += blocks.dropLast() + [fusions[place].stage(features[place], weight: weight)] + blocks.suffix(1)
    }
    return stages + [decoder.output]
  }

  private func check(_ features: [Tensor], _ z_BCHW: Tensor) throws(TorchError) {
    let widths = config.autoencoder.blockOutChannels
    let expected = config.fusedLevels.map { level in
      let factor = 1 << (widths.count - 1 - level)
      return [z_BCHW.size(0), widths[level], factor * z_BCHW.size(2), factor * z_BCHW.size(3)]
    }
    guard features.map(\.shape) == expected else {
      throw TorchError(
        .argument,
        "decoding a latent of shape \(z_BCHW.shape) with encoder features of shapes \(features.map(\.shape)), where "
          + "\(expected) go with it: encode the low-quality picture of the same size")
    }
  }
}
