internal import Checkpoints
internal import Priors
internal import Torch

/// StableSR's networks, wherever they came from.
struct StableSRModel {
  let loop: StableSRLoop
  let words: StableSRWords
  /// Numbers of all networks but the text encoder, which is loaded for a run's words and let go again.
  let parameterCount: Int
}

/// Tokens of StableSR's text encoder, `[1, L, D]` each.
struct StableSRWords {
  /// Those of the empty prompt.
  let empty: () throws -> Tensor
  /// Those of prompts.
  let tokens: (_ prompts: [String]) throws -> [Tensor]
}

extension StableSRFiles {
  /// Loads the authors' files.
  func model(dtype: DType, device: Device) throws -> StableSRModel {
    let config = StableSRConfig()
    let checkpoint = StableSRCheckpoint(try openCheckpoint(main), config)
    func load<Component>(
      _ source: any ParameterSource, _ component: String, _ build: (ParameterPath) throws -> Component
    ) throws -> Component {
      try ParameterLoader.load(source, component: component, dtype: dtype, device: device, build)
    }
    let unet = try load(checkpoint.unet, "StableSR's U-Net") { try UNet2DCondition($0, config.unet) }
    let encoder = try load(checkpoint.encoder, "StableSR's time-aware encoder") {
      try TimeAwareEncoder($0, config.encoder)
    }
    let wrapping = FeatureWrappingConfig()
    let autoencoder = try load(
      StableSRCheckpoint.featureWrapping(try openCheckpoint(featureWrapping), wrapping),
      "StableSR's autoencoder with feature wrapping"
    ) { try FeatureWrappingAutoencoder($0, wrapping) }
    let text = StableSRText(checkpoint.text, config.text, folder: folder, dtype: dtype, device: device)
    // U-Net, structure layers, encoder, autoencoder, fusions: the published counts.
    return StableSRModel(
      loop: StableSRLoop(StructureSteeredUNet(unet, encoder), autoencoder, variant: variant),
      words: StableSRWords(empty: text.emptyPrompt, tokens: text.tokens),
      parameterCount: 865_910_724 + 53_020_160 + 52_494_080 + 83_653_863 + 44_393_728)
  }
}
