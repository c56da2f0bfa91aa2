public import Checkpoints
internal import Priors
public import Torch

/// The release's main file, part by part and under the names that Burnish's modules ask for.
///
/// As a source of its own it holds all parts, under `unet`, `encoder`, `autoencoder` and `text`; keys that belong to none
/// of them keep their names, so that a load reports them.
public struct StableSRCheckpoint: ParameterSource {
  /// The parts' keys in the file.
  private static let prefixes = (
    unet: "model.diffusion_model.", encoder: "structcond_stage_model.", autoencoder: "first_stage_model.",
    text: "cond_stage_model.model."
  )

  /// For `UNet2DCondition`.
  public let unet: any ParameterSource
  /// For ``TimeAwareEncoder``.
  public let encoder: any ParameterSource
  /// For `AutoencoderKL`. The file of ``featureWrapping(_:_:)`` holds the same weights and the fusions.
  public let autoencoder: any ParameterSource
  /// For `CLIPTextModel`. Not needed where the tokens of the empty prompt are at hand.
  public let text: any ParameterSource
  /// The file's name.
  public let name: String
  /// Every key.
  public let keys: Set<String>

  /// The parts of a file.
  /// - Parameters:
  ///   - file: The keys below the file's `state_dict`. It may lack parts: the WebUI's file has structure layers and encoder
  ///     alone, to be laid over a U-Net of Stable Diffusion.
  ///   - config: The sizes, which say how blocks are counted.
  public init(_ file: any ParameterSource, _ config: StableSRConfig) {
    let prefixes = Self.prefixes
    func part(_ prefix: String) -> PrefixedSource { PrefixedSource(file, prefix: prefix) }
    unet = config.unet.latentDiffusionKeys.reading(part(prefixes.unet))
    encoder = config.encoder.latentDiffusionKeys.reading(part(prefixes.encoder))
    autoencoder = config.autoencoder.latentDiffusionKeys.reading(part(prefixes.autoencoder))
    text = OpenCLIPKeyMap(layers: config.text.layers, width: config.text.width, projection: false).source(
      part(prefixes.text))
    name = file.name
    let known = [prefixes.unet, prefixes.encoder, prefixes.autoencoder, prefixes.text]
    var keys = file.keys.filter { key in !known.contains { key.hasPrefix($0) } && !Self.hasNoUse(key) }
    for (name, part) in [("unet", unet), ("encoder", encoder), ("autoencoder", autoencoder), ("text", text)] {
      keys.formUnion(part.keys.map { "\(name).\($0)" })
    }
    self.keys = keys
  }

  /// The tensor of a part's key.
  public func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    guard let dot = key.firstIndex(of: ".") else { return nil }
    let rest = String(key[key.index(after: dot)...])
    switch key[..<dot] {
    case "unet": return try unet.parameter(rest, request)
    case "encoder": return try encoder.parameter(rest, request)
    case "autoencoder": return try autoencoder.parameter(rest, request)
    case "text": return try text.parameter(rest, request)
    default: return nil
    }
  }

  /// The release's autoencoder file, for ``FeatureWrappingAutoencoder``.
  /// - Parameters:
  ///   - file: The keys below the file's `state_dict`, with or without `first_stage_model.` before them.
  ///   - config: The sizes.
  public static func featureWrapping(_ file: any ParameterSource, _ config: FeatureWrappingConfig) -> RenamedSource {
    let isPrefixed = file.keys.contains { $0.hasPrefix(prefixes.autoencoder) }
    let part: any ParameterSource = isPrefixed ? PrefixedSource(file, prefix: prefixes.autoencoder) : file
    // What the training looked at: a perceptual network and a discriminator.
    return config.latentDiffusionKeys.reading(part) { $0.hasPrefix("loss.") }
  }

  /// The noise schedule, which is computed here, and averages of the weights' training.
  static func hasNoUse(_ key: String) -> Bool {
    schedule.contains(key) || key.hasPrefix("model_ema.")
  }

  private static let schedule: Set = [
    "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod",
    "log_one_minus_alphas_cumprod", "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod", "posterior_variance",
    "posterior_log_variance_clipped", "posterior_mean_coef1", "posterior_mean_coef2", "lvlb_weights", "logvar",
  ]
}
