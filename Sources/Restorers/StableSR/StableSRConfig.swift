public import Checkpoints
public import Priors

/// The sizes of all of StableSR's networks, in the form of the release's `v2-finetune_text_T_512.yaml` (`params`).
public struct StableSRConfig: Sendable, Decodable {
  /// The U-Net with its structure layers.
  public var unet: UNetConfig
  /// The time-aware encoder.
  public var encoder: TimeAwareEncoderConfig
  /// The autoencoder of the main file, which has no fusion.
  public var autoencoder: AutoencoderKLConfig
  /// The text encoder: OpenCLIP's ViT-H of which the last block is not used.
  public var text: CLIPTextConfig
  /// What the U-Net predicts.
  public var parametrisation: Parametrisation

  private enum CodingKeys: String, CodingKey {
    case unet = "unet_config"
    case encoder = "structcond_stage_config"
    case autoencoder = "first_stage_config"
    case parametrisation = "parameterization"
  }

  /// The sizes of the 512-pixel release.
  public init() {
    unet = UNetConfig()
    unet.structureChannels = 256
    encoder = TimeAwareEncoderConfig()
    autoencoder = AutoencoderKLConfig()
    text = .openCLIPH
    parametrisation = .epsilon
  }

  /// Reads the release's form. Parts that are absent keep the sizes of the 512-pixel release.
  /// - Throws: `DecodingError` for sizes that make no network, and for a `parameterization` that is neither `eps` nor `v`.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    unet = try values.decodeIfPresent(LatentDiffusionUNetConfig.self, forKey: .unet)?.network ?? unet
    encoder = try values.decodeIfPresent(TimeAwareEncoderConfig.self, forKey: .encoder) ?? encoder
    autoencoder =
      try values.decodeIfPresent(FeatureWrappingConfig.self, forKey: .autoencoder)?.autoencoder ?? autoencoder
    switch try values.decodeIfPresent(String.self, forKey: .parametrisation) {
    case nil, "eps": parametrisation = .epsilon
    case "v": parametrisation = .velocity
    case let other?:
      throw DecodingError.dataCorruptedError(
        forKey: .parametrisation, in: values, debugDescription: "parameterization is '\(other)'; known are eps and v")
    }
    guard unet.structureChannels == encoder.outChannels, unet.blockOutChannels.count == encoder.levels else {
      throw DecodingError.dataCorruptedError(
        forKey: .encoder, in: values,
        debugDescription:
          "the encoder makes \(encoder.levels) maps of \(encoder.outChannels) channels; the U-Net looks at "
          + "\(unet.blockOutChannels.count) of \(unet.structureChannels ?? 0) (semb_channels)")
    }
  }
}
