internal import Checkpoints
internal import Foundation
internal import Layers
internal import Priors
internal import Torch

/// FLUX.1-dev, opened and checked: a folder in the layout of diffusers, the authors' single files, or a mixture.
struct FluxBase {
  let transformer: FluxTransformer
  let autoencoder: DeferredNetwork<AutoencoderKL>
  let autoencoderConfig: AutoencoderKLConfig
  let text: FluxText
  let schedule: SchedulerConfig
  /// The transformer's parameters under diffusers' names, as they are stored.
  let weights: any ParameterSource
  /// Numbers of the transformer outside of its blocks: they stay in memory.
  let parameterCount: Int

  /// Finds the model in a folder, or in the one around it.
  /// - Parameters:
  ///   - folder: The model's folder.
  ///   - textLength: Tokens of every text: 512 for FLUX.1-dev.
  ///   - dtype: What the networks compute in.
  ///   - device: Where they compute.
  ///   - residency: How many of the transformer's blocks stay in memory; nil reads all and keeps them.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  init(
    _ folder: ModelFolder, textLength: Int, dtype: DType, device: Device,
    residency: BlockResidency? = BlockResidency.none
  ) throws {
    let path = try folder.require(FluxParts.transformer)
    let checkpoint = try openCheckpoint(path)
    let config =
      try ConfigFile.read(FluxTransformerConfig.self, path: path + "/config.json")
      ?? FluxTransformerConfig(sizesOf: checkpoint)
    weights = config.source(checkpoint)
    transformer = try ParameterLoader.load(
      weights, component: "FLUX.1's transformer", dtype: dtype, device: device
    ) { try FluxTransformer($0, config, residency: residency) }
    let recorder = ParameterRecorder()
    _ = try FluxTransformer(ParameterLoader(recorder).root, config)
    parameterCount = recorder.shapes.filter { !$0.key.contains("transformer_blocks.") }
      .reduce(0) { $0 + $1.value.reduce(1, *) }
    (autoencoder, autoencoderConfig) = try Self.autoencoder(folder, dtype, device)
    let encoders = try Self.textEncoders(folder, textLength: textLength, dtype, device)
    text = FluxText(encoders, folder, config, length: textLength)
    schedule = try Self.schedule(folder)
  }

  private static func autoencoder(
    _ folder: ModelFolder, _ dtype: DType, _ device: Device
  ) throws -> (DeferredNetwork<AutoencoderKL>, AutoencoderKLConfig) {
    let path = try folder.require(FluxParts.autoencoder)
    let checkpoint = try openCheckpoint(path)
    let config = try ConfigFile.read(AutoencoderKLConfig.self, path: path + "/config.json") ?? .flux
    let isOriginal = checkpoint.keys.contains("decoder.mid.block_1.norm1.weight")
    let network = try DeferredNetwork(
      checkpoint, component: "FLUX.1's autoencoder", dtype: config.computeType(dtype), device: device,
      reading: isOriginal ? { config.latentDiffusionKeys.reading($0) } : { $0 }
    ) { try AutoencoderKL($0, config) }
    return (network, config)
  }

  /// nil where the folder has neither.
  private static func textEncoders(
    _ folder: ModelFolder, textLength: Int, _ dtype: DType, _ device: Device
  ) throws -> FluxTextEncoders? {
    guard let path = folder.find(FluxParts.textEncoder), let path2 = folder.find(FluxParts.textEncoder2) else {
      guard folder.find(FluxParts.emptyPrompt) == nil else { return nil }
      _ = try folder.require(FluxParts.textEncoder)
      _ = try folder.require(FluxParts.textEncoder2)
      return nil
    }
    let config = try ConfigFile.read(CLIPTextConfig.self, path: path + "/config.json") ?? .clipL
    let config2 = try ConfigFile.read(T5EncoderConfig.self, path: path2 + "/config.json") ?? T5EncoderConfig()
    let clip = try DeferredNetwork(
      try openCheckpoint(path), component: "FLUX.1's first text encoder", dtype: dtype, device: device,
      reading: SD3SingleFile.withoutProjection
    ) { try CLIPTextModel($0, config) }
    let t5 = try DeferredNetwork(
      try openCheckpoint(path2), component: "FLUX.1's second text encoder", dtype: T5PromptEncoder.dtype(dtype),
      device: device
    ) { try T5Encoder($0, config2) }
    return FluxTextEncoders(
      clip: CLIPPromptEncoder(
        model: clip, tokenizer: PromptTokenizer(folder: folder, part: FluxParts.tokenizer), padID: nil, device: device),
      t5: T5PromptEncoder(
        model: t5, tokenizer: PromptTokenizer(folder: folder, part: FluxParts.tokenizer2), length: textLength,
        device: device))
  }

  /// The folder's schedule; FLUX.1-dev's own where there is none: shifted by the picture's size.
  private static func schedule(_ folder: ModelFolder) throws -> SchedulerConfig {
    var config = SchedulerConfig(className: FlowMatchEulerScheduler.className)
    config.useDynamicShifting = true
    guard let path = folder.find(FluxParts.schedule) else { return config }
    return try ConfigFile.read(SchedulerConfig.self, path: path + "/scheduler_config.json") ?? config
  }
}
