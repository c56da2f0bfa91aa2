internal import Checkpoints
internal import Foundation
internal import Priors
internal import Torch

/// The parts that SeeSR and AddSR are published in, and their loading.
struct SteeredFolder {
  let folder: ModelFolder
  let base: StableDiffusionFolder
  private let dtype: DType
  private let device: Device

  init(_ folder: ModelFolder, base parts: StableDiffusionParts = .two, dtype: DType, device: Device) {
    self.folder = folder
    self.dtype = dtype
    self.device = device
    base = StableDiffusionFolder(folder: folder, parts: parts, dtype: dtype, device: device)
  }

  /// What a run denoises with.
  /// - Parameters:
  ///   - unetPart: The U-Net with its image transformers.
  ///   - priorPart: Whose U-Net to take for all the rest; nil takes `unetPart`'s own.
  ///   - controlPart: The ControlNet.
  func load(
    unet unetPart: ModelPart, over priorPart: ModelPart? = nil, controlNet controlPart: ModelPart
  ) throws -> Networks {
    let prior = try priorPart.map { try openCheckpoint(try folder.require($0)) }
    let unet = try network(unetPart, "U-Net", over: prior) { try UNet2DCondition($0, $1) }
    let control = try network(controlPart, "ControlNet") { try ControlNet($0, $1) }
    return Networks(
      unet: SteeredUNet(unet.network, control.network), codec: LatentCodec(try base.autoencoder()),
      schedule: try base.schedule(), parameterCount: unet.parameterCount + control.parameterCount)
  }

  private func network<Network>(
    _ part: ModelPart, _ name: String, over prior: (any Checkpoint)? = nil,
    _ build: (ParameterPath, UNetConfig) throws -> Network
  ) throws -> (network: Network, parameterCount: Int) {
    let path = try folder.require(part)
    let checkpoint = try openCheckpoint(path)
    let config = try config(part, path, checkpoint)
    let source: any ParameterSource =
      prior.map { SeeSRLoop.turboUNet($0, imageAttentionsFrom: checkpoint) } ?? checkpoint
    let network = try ParameterLoader.load(
      source, component: "\(folder.model)'s \(name)", dtype: dtype, device: device
    ) { try build($0, config) }
    return (network, checkpoint.parameterCount)
  }

  /// What a run denoises with.
  struct Networks {
    let unet: SteeredUNet
    let codec: LatentCodec
    let schedule: SchedulerConfig
    /// Of U-Net and ControlNet.
    let parameterCount: Int

    func footprint(_ dtype: DType) -> Footprint {
      .latentDiffusion(parameterCount: parameterCount, dtype: dtype) { side, plan in
        codec.autoencoder.config.workingByteCount(height: side, width: side, dtype: dtype, plan: plan)
      }
    }
  }

  /// The image transformers' width is in the weights, and not in every published configuration. A network without them
  /// would load and blur.
  func config(_ part: ModelPart, _ path: String, _ checkpoint: any Checkpoint) throws -> UNetConfig {
    var config = try ConfigFile.read(UNetConfig.self, path: path + "/config.json") ?? UNetConfig()
    let key = "mid_block.image_attentions.0.transformer_blocks.0.attn2.to_k.weight"
    guard let width = checkpoint.shape(of: key)?.last else {
      throw CheckpointError(
        .mismatch,
        "Could not load \(path): it holds no image transformers (\(key)), so it is not \(folder.model)'s but a plain Stable "
          + "Diffusion network; put the folder from \(part.source) there.")
    }
    config.imageCrossAttentionWidth = width
    return config
  }

  /// Checks tagger and text encoder, which are loaded with each picture.
  func verify() throws {
    _ = try tagger()
    _ = try base.tokens(of: [""])
  }

  /// The tagger, with DAPE's adaptation to low-quality pictures merged in, and its tags.
  func tagger() throws -> PictureTagger {
    let weights = try folder.require(SteeredParts.tagger)
    let config = try ConfigFile.read(
      TaggerConfig.self,
      path: URL(fileURLWithPath: weights).deletingLastPathComponent().path + "/" + SteeredParts.taggerConfig)
    let network = try ImageTagger.load(
      ram: openCheckpoint(weights), lora: openCheckpoint(folder.require(SteeredParts.dape)),
      config: config ?? TaggerConfig(), dtype: dtype, device: device)
    let tags = try TagList(
      namesPath: folder.require(SteeredParts.tags), thresholdsPath: folder.require(SteeredParts.thresholds),
      count: network.decoder.tagCount)
    return PictureTagger(network, tags: tags)
  }
}
