package import Checkpoints
internal import Foundation
package import Priors
package import Torch

/// A folder that a training of StableSR writes: what was trained, sizes, and Stable Diffusion 2 in the layout of diffusers.
///
/// `stablesr.safetensors` has the structure layers and the time-aware encoder under the names of the authors' files, as the
/// files for other programs that hold these alone; `cfw.safetensors` has the fusions.
package struct StableSRFolder {
  /// What was trained, and what it was trained for.
  package struct Sizes: Codable, Equatable {
    /// The time-aware encoder.
    package var encoder = TimeAwareEncoderConfig()
    /// Channels inside the structure layers.
    package var hidden = UNetConfig().structureHidden
    /// What the U-Net predicts.
    package var prediction = Parametrisation.epsilon
    /// Side of the latents that were trained on.
    package var tile = 64
    /// Dense groups and growth of the fusions.
    package var wrapping = Wrapping()

    /// The sizes of a fusion.
    package struct Wrapping: Codable, Equatable {
      /// Dense groups.
      package var groups = FeatureWrappingConfig().denseGroups
      /// Channels of each result inside a dense block.
      package var growth = FeatureWrappingConfig().growth

      package init() {}

      enum CodingKeys: String, CodingKey {
        case groups = "num_fuse_block"
        case growth = "num_grow_ch"
      }
    }

    package init() {}

    enum CodingKeys: String, CodingKey {
      case tile
      case encoder = "structcond_stage_config"
      case hidden = "spade_hidden"
      case prediction = "prediction_type"
      case wrapping = "fusion"
    }
  }

  static let structure = ModelPart(
    "structure", places: ["stablesr.safetensors"], summary: "StableSR: structure layers and time-aware encoder",
    source: "training with Burnish")
  static let wrapping = ModelPart(
    "CFW", places: ["cfw.safetensors"], summary: "StableSR: controllable feature wrapping",
    source: "training with Burnish, the second stage", isOptional: true)
  static let unet = ModelPart(
    "unet", places: ["unet", "stable-diffusion-2-base/unet", "stable-diffusion-2-1-base/unet"],
    summary: "Stable Diffusion 2: its U-Net", source: "stabilityai/stable-diffusion-2-base")
  static let sizesFile = "stablesr.json"

  /// Where it lies.
  package let folder: ModelFolder
  /// What its file says.
  package let sizes: Sizes

  /// True for such a folder.
  static func recognises(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + sizesFile) }

  /// Opens a folder.
  /// - Throws: `CheckpointError` for one without sizes.
  package init(_ path: String) throws(CheckpointError) {
    folder = ModelFolder(path, model: "stablesr")
    guard let sizes = try ConfigFile.read(Sizes.self, path: path + "/" + Self.sizesFile) else {
      throw CheckpointError(
        .unreadable, "Could not open '\(path)' as a trained StableSR: it has no \(Self.sizesFile); training writes one."
      )
    }
    self.sizes = sizes
  }

  /// What the networks were trained for.
  package var variant: StableSRVariant {
    var variant = StableSRVariant.base512
    variant.parametrisation = sizes.prediction
    variant.tileSide = sizes.tile
    variant.tileOverlap = sizes.tile / 2
    if folder.find(Self.wrapping) == nil { variant.settings.weight = 0 }
    return variant
  }

  /// The U-Net's sizes with its structure layers.
  package static func unet(_ base: UNetConfig, _ sizes: Sizes) -> UNetConfig {
    var config = base
    // SeeSR's own file is Stable Diffusion's under its image transformers.
    config.imageCrossAttentionWidth = nil
    config.structureChannels = sizes.encoder.outChannels
    config.structureHidden = sizes.hidden
    return config
  }

  /// True for the key of a U-Net's structure layer.
  package static func isStructure(_ key: String) -> Bool { key.contains(".spade.") }

  /// True for the key of an autoencoder's fusion.
  package static func isFusion(_ key: String) -> Bool { key.contains(".fusion_layer_") }

  /// The denoising networks, and how many numbers they have.
  package func networks(dtype: DType, device: Device) throws -> (networks: StructureSteeredUNet, count: Int) {
    let path = try folder.require(Self.unet)
    let base = try openCheckpoint(path)
    let config = Self.unet(
      try ConfigFile.read(UNetConfig.self, path: path + "/config.json") ?? UNetConfig(), sizes)
    let file = try openCheckpoint(folder.require(Self.structure))
    var names = StableSRConfig()
    (names.unet, names.encoder) = (config, sizes.encoder)
    let trained = StableSRCheckpoint(file, names)
    let unet = try ParameterLoader.load(
      OverlaidSource(trained.unet, over: base, where: Self.isStructure), component: "StableSR's U-Net", dtype: dtype,
      device: device, ignoring: { $0.contains("image_attentions.") }
    ) { try UNet2DCondition($0, config) }
    let encoder = try ParameterLoader.load(
      trained.encoder, component: "StableSR's time-aware encoder", dtype: dtype, device: device
    ) { try TimeAwareEncoder($0, sizes.encoder) }
    return (StructureSteeredUNet(unet, encoder), base.parameterCount + file.parameterCount)
  }

  /// The autoencoder's weights as they are stored, and its sizes with fusions.
  package func autoencoderFile() throws -> (stored: any Checkpoint, config: FeatureWrappingConfig) {
    let path = try folder.require(StableDiffusionParts.two.autoencoder)
    var config = FeatureWrappingConfig()
    config.autoencoder =
      try ConfigFile.read(AutoencoderKLConfig.self, path: path + "/config.json") ?? AutoencoderKLConfig()
    (config.denseGroups, config.growth) = (sizes.wrapping.groups, sizes.wrapping.growth)
    return (try openCheckpoint(path), config)
  }

  /// The autoencoder with its fusions, or as it is where there are none yet, and how many numbers it has.
  func autoencoder(dtype: DType, device: Device) throws -> (FeatureWrappingAutoencoder, count: Int) {
    var (stored, config) = try autoencoderFile()
    var source: any ParameterSource = stored
    var count = stored.parameterCount
    if let path = folder.find(Self.wrapping) {
      let file = try openCheckpoint(path)
      source = OverlaidSource(
        StableSRCheckpoint.featureWrapping(file, config), over: stored, where: Self.isFusion)
      count += file.parameterCount
    } else {
      config.fuses = false
    }
    let autoencoder = try ParameterLoader.load(
      source, component: "StableSR's autoencoder", dtype: dtype, device: device
    ) { try FeatureWrappingAutoencoder($0, config) }
    return (autoencoder, count)
  }

  func model(dtype: DType, device: Device) throws -> StableSRModel {
    let (networks, count) = try networks(dtype: dtype, device: device)
    let (autoencoder, others) = try autoencoder(dtype: dtype, device: device)
    let tokens = tokens(dtype: dtype, device: device)
    return StableSRModel(
      loop: StableSRLoop(networks, autoencoder, variant: variant),
      words: StableSRWords(empty: { try tokens([""])[0] }, tokens: tokens), parameterCount: count + others)
  }

  /// The tokens of prompts; the text encoder's memory is free again afterwards.
  func tokens(dtype: DType, device: Device) -> (_ prompts: [String]) throws -> [Tensor] {
    StableDiffusionFolder(folder: folder, dtype: dtype, device: device).tokens
  }
}
