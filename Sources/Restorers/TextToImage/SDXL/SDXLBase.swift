internal import Checkpoints
internal import Priors
internal import Torch

/// Stable Diffusion XL, opened and checked: a folder in the layout of diffusers, or the authors' single file.
struct SDXLBase {
  let config: SDXLConfig
  let unet: DeferredNetwork<UNet2DCondition>
  let autoencoder: DeferredNetwork<AutoencoderKL>
  let text: SDXLTextEncoders

  /// From a key's file to the network's own names.
  private typealias Part = (checkpoint: any Checkpoint, reading: (any ParameterSource) -> any ParameterSource)

  /// Finds the model in a folder, or in the one around it; or opens a single file.
  /// - Parameter changing: What is done to the U-Net's weights as they are loaded.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  init(
    _ folder: ModelFolder, dtype: DType, device: Device,
    changing: (UNetConfig, any ParameterSource) throws -> any ParameterSource = { $1 }
  ) throws {
    if folder.isFile {
      try self.init(
        singleFile: folder.path, tokenizers: folder.surrounding, SDXLConfig(), dtype: dtype, device: device,
        changing: changing)
      return
    }
    let isNearer = folder.holds(SDXLParts.singleFile) && !folder.holds(SDXLParts.unet)
    if isNearer || folder.find(SDXLParts.unet) == nil, let path = folder.find(SDXLParts.singleFile) {
      try self.init(
        singleFile: path, tokenizers: folder, SDXLConfig(), dtype: dtype, device: device, changing: changing)
      return
    }
    func part(_ part: ModelPart) throws -> Part { (try openCheckpoint(folder.require(part)), { $0 }) }
    let unet = try part(SDXLParts.unet)
    let config = try SDXLConfig(folder)
    guard config.unet.additionEmbedType == "text_time" else {
      throw CheckpointError(
        .mismatch,
        "Could not load \(unet.checkpoint.name): its config.json has no addition_embed_type 'text_time', so it is not the U-Net of "
          + "Stable Diffusion XL.")
    }
    try self.init(
      config, unet: unet, autoencoder: part(SDXLParts.autoencoder), textEncoder: part(SDXLParts.textEncoder),
      textEncoder2: part(SDXLParts.textEncoder2), tokenizers: folder, dtype: dtype, device: device, changing: changing)
  }

  /// The authors' file.
  /// - Parameters:
  ///   - path: The file.
  ///   - tokenizers: Where vocabularies are looked for.
  ///   - config: Its sizes, which it does not say itself.
  init(
    singleFile path: String, tokenizers: ModelFolder, _ config: SDXLConfig, dtype: DType, device: Device,
    changing: (UNetConfig, any ParameterSource) throws -> any ParameterSource = { $1 }
  ) throws {
    let file = try SDXLSingleFile(try openCheckpoint(path), config)
    try self.init(
      config, unet: file.unet, autoencoder: file.autoencoder, textEncoder: file.textEncoder,
      textEncoder2: file.textEncoder2, tokenizers: tokenizers, dtype: dtype, device: device, changing: changing)
  }

  private init(
    _ config: SDXLConfig, unet: Part, autoencoder: Part, textEncoder: Part, textEncoder2: Part,
    tokenizers: ModelFolder, dtype: DType, device: Device,
    changing: (UNetConfig, any ParameterSource) throws -> any ParameterSource
  ) throws {
    self.config = config
    let model = "Stable Diffusion XL"
    self.unet = try DeferredNetwork(
      unet.checkpoint, component: "\(model)'s U-Net", dtype: dtype, device: device, reading: unet.reading,
      changing: { try changing(config.unet, $0) }
    ) { try UNet2DCondition($0, config.unet) }
    self.autoencoder = try DeferredNetwork(
      autoencoder.checkpoint, component: "\(model)'s autoencoder", dtype: config.autoencoder.computeType(dtype),
      device: device, reading: autoencoder.reading
    ) { try AutoencoderKL($0, config.autoencoder) }
    func encoder(
      _ part: Part, _ name: String, _ sizes: CLIPTextConfig, _ tokenizer: ModelPart, padID: Int?
    ) throws -> CLIPPromptEncoder {
      CLIPPromptEncoder(
        model: try DeferredNetwork(
          part.checkpoint, component: "\(model)'s \(name) text encoder", dtype: dtype, device: device,
          reading: part.reading
        ) { try CLIPTextModel($0, sizes) },
        tokenizer: PromptTokenizer(folder: tokenizers, part: tokenizer), padID: padID, device: device)
    }
    let hasOwn = tokenizers.find(SDXLParts.tokenizer2) != nil
    text = SDXLTextEncoders(
      small: try encoder(textEncoder, "smaller", config.textEncoder, SDXLParts.tokenizer, padID: nil),
      // One vocabulary serves both; what differs is padding.
      large: try encoder(
        textEncoder2, "larger", config.textEncoder2, hasOwn ? SDXLParts.tokenizer2 : SDXLParts.tokenizer,
        padID: hasOwn ? nil : SDXLTextEncoders.largePadID))
  }
}
