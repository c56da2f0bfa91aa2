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

  init(_ folder: ModelFolder, dtype: DType, device: Device) {
    self.folder = folder
    self.dtype = dtype
    self.device = device
    base = StableDiffusionFolder(folder: folder, dtype: dtype, device: device)
  }

  /// The networks, and how many parameters they have together with the autoencoder.
  func load(unet unetPart: ModelPart, controlNet controlPart: ModelPart) throws -> Networks {
    let unet = try openCheckpoint(folder.require(unetPart))
    let control = try openCheckpoint(folder.require(controlPart))
    let unetConfig = try config(unetPart, unet)
    let controlConfig = try config(controlPart, control)
    let networks = SteeredUNet(
      try ParameterLoader.load(unet, component: "\(folder.model)'s U-Net", dtype: dtype, device: device) {
        try UNet2DCondition($0, unetConfig)
      },
      try ParameterLoader.load(control, component: "\(folder.model)'s ControlNet", dtype: dtype, device: device) {
        try ControlNet($0, controlConfig)
      })
    return Networks(
      unet: networks, codec: LatentCodec(try base.autoencoder()), schedule: try base.schedule(),
      parameterCount: unet.parameterCount + control.parameterCount)
  }

  /// What a run denoises with.
  struct Networks {
    let unet: SteeredUNet
    let codec: LatentCodec
    let schedule: SchedulerConfig
    let parameterCount: Int
  }

  /// The image transformers' width is in the weights, and not in every published configuration. A network without them
  /// would load and blur.
  private func config(_ part: ModelPart, _ checkpoint: any Checkpoint) throws -> UNetConfig {
    let path = try folder.require(part)
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
