internal import Checkpoints
internal import Priors
internal import Torch

/// Stable Diffusion 3 or 3.5, opened and checked: a folder in the layout of diffusers, or the authors' single file.
struct SD3Base {
  let config: SD3Config
  let transformer: DeferredNetwork<SD3Transformer>
  let autoencoder: DeferredNetwork<AutoencoderKL>
  let text: SD3TextEncoders

  /// What a base is opened for.
  struct Request {
    let dtype: DType
    let device: Device
    /// False leaves T5 out even where it is there.
    var usesT5 = true
    /// What is done to the transformer's weights as they are loaded.
    var changing: (SD3TransformerConfig, any ParameterSource) throws -> any ParameterSource = { $1 }
  }

  /// The networks' files.
  private struct Files {
    let transformer: any Checkpoint
    let autoencoder: any Checkpoint
    let textEncoder: any Checkpoint
    let textEncoder2: any Checkpoint
    let textEncoder3: (any Checkpoint)?
    /// The authors' names, and not those of diffusers.
    let isOriginal: Bool
  }

  /// Finds the model in a folder, or in the one around it; or opens a single file.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  init(_ folder: ModelFolder, _ request: Request) throws {
    if folder.isFile {
      try self.init(singleFile: folder.path, beside: folder.surrounding, nil, request)
      return
    }
    let isNearer = folder.holds(SD3Parts.singleFile) && !folder.holds(SD3Parts.transformer)
    if isNearer || folder.find(SD3Parts.transformer) == nil, let path = folder.find(SD3Parts.singleFile) {
      try self.init(singleFile: path, beside: folder, nil, request)
      return
    }
    func open(_ part: ModelPart) throws -> any Checkpoint { try openCheckpoint(folder.require(part)) }
    let files = Files(
      transformer: try open(SD3Parts.transformer), autoencoder: try open(SD3Parts.autoencoder),
      textEncoder: try open(SD3Parts.textEncoder), textEncoder2: try open(SD3Parts.textEncoder2),
      textEncoder3: try request.usesT5 ? folder.find(SD3Parts.textEncoder3).map { try openCheckpoint($0) } : nil,
      isOriginal: false)
    try self.init(SD3Config(folder), files, tokenizers: folder, request)
  }

  /// The authors' file.
  /// - Parameters:
  ///   - path: The file.
  ///   - folder: Where vocabularies are looked for, and text encoders that are not in it.
  ///   - config: Its sizes; nil reads the transformer's from the file's tensors.
  init(singleFile path: String, beside folder: ModelFolder, _ config: SD3Config?, _ request: Request) throws {
    let file = try SD3SingleFile(try openCheckpoint(path))
    var sizes = config ?? SD3Config()
    if config == nil {
      sizes.transformer = try SD3TransformerConfig(original: { file.transformer.shape(of: $0) }, name: path)
    }
    func encoder(_ own: (any Checkpoint)?, _ part: ModelPart) throws -> any Checkpoint {
      try own ?? openCheckpoint(folder.require(part))
    }
    let t5 = try file.textEncoder3 ?? folder.find(SD3Parts.t5).map { try openCheckpoint($0) }
    let files = Files(
      transformer: file.transformer, autoencoder: file.autoencoder,
      textEncoder: try encoder(file.textEncoder, SD3Parts.clipL),
      textEncoder2: try encoder(file.textEncoder2, SD3Parts.clipG), textEncoder3: request.usesT5 ? t5 : nil,
      isOriginal: true)
    try self.init(sizes, files, tokenizers: folder, request)
  }

  private init(_ config: SD3Config, _ files: Files, tokenizers: ModelFolder, _ request: Request) throws {
    self.config = config
    let (dtype, device, model) = (request.dtype, request.device, "Stable Diffusion 3")
    transformer = try DeferredNetwork(
      files.transformer, component: "\(model)'s transformer", dtype: dtype, device: device,
      reading: files.isOriginal ? SD3SingleFile.reading(config.transformer) : { $0 },
      changing: { try request.changing(config.transformer, $0) }
    ) { try SD3Transformer($0, config.transformer) }
    autoencoder = try DeferredNetwork(
      files.autoencoder, component: "\(model)'s autoencoder", dtype: config.autoencoder.computeType(dtype),
      device: device,
      reading: files.isOriginal ? { config.autoencoder.latentDiffusionKeys.reading($0) } : { $0 }
    ) { try AutoencoderKL($0, config.autoencoder) }
    func tokenizer(_ part: ModelPart) -> PromptTokenizer { PromptTokenizer(folder: tokenizers, part: part) }
    let small = try DeferredNetwork(
      files.textEncoder, component: "\(model)'s first text encoder", dtype: dtype, device: device,
      reading: files.isOriginal ? SD3SingleFile.withoutProjection : { $0 }
    ) { try CLIPTextModel($0, config.textEncoder) }
    let large = try DeferredNetwork(
      files.textEncoder2, component: "\(model)'s second text encoder", dtype: dtype, device: device,
      reading: { RenamedSource($0, [:]) { $0 == "logit_scale" } }
    ) { try CLIPTextModel($0, config.textEncoder2) }
    let t5 = try files.textEncoder3.map {
      try DeferredNetwork(
        $0, component: "\(model)'s third text encoder", dtype: T5PromptEncoder.dtype(dtype), device: device
      ) { try T5Encoder($0, config.textEncoder3) }
    }
    // One vocabulary serves both CLIP encoders; what differs is padding.
    let hasOwn = tokenizers.find(SD3Parts.tokenizer2) != nil
    text = SD3TextEncoders(
      small: CLIPPromptEncoder(model: small, tokenizer: tokenizer(SD3Parts.tokenizer), padID: nil, device: device),
      large: CLIPPromptEncoder(
        model: large, tokenizer: tokenizer(hasOwn ? SD3Parts.tokenizer2 : SD3Parts.tokenizer),
        padID: hasOwn ? nil : SD3TextEncoders.largePadID, device: device),
      t5: t5.map {
        T5PromptEncoder(
          model: $0, tokenizer: tokenizer(SD3Parts.tokenizer3), length: SD3TextEncoders.t5Length, device: device)
      },
      textWidth: config.transformer.textWidth)
  }
}
