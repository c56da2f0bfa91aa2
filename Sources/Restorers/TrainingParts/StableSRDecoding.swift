package import Checkpoints
internal import Foundation
internal import Priors
package import Torch

/// The first stage of StableSR as the training of its feature wrapping needs it: frozen, and loaded once.
package struct StableSRDecoding {
  /// The sizes, with fusions.
  package let config: FeatureWrappingConfig
  private let folder: StableSRFolder
  private let sizes: StableSRFolder.Sizes
  private let loop: StableSRLoop
  private let frozen: FrozenWeights
  private let empty_BLD: Tensor
  private let device: Device

  /// Opens the folder of the first stage.
  /// - Parameters:
  ///   - path: The folder.
  ///   - wrapping: The sizes of the fusions.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  package init(
    _ path: String, _ wrapping: StableSRFolder.Sizes.Wrapping, dtype: DType, device: Device
  ) throws {
    folder = try StableSRFolder(path)
    self.device = device
    var sizes = folder.sizes
    sizes.wrapping = wrapping
    self.sizes = sizes
    let (stored, given) = try folder.autoencoderFile()
    var config = given
    (config.denseGroups, config.growth) = (wrapping.groups, wrapping.growth)
    self.config = config
    frozen = try FrozenWeights(stored, dtype: dtype, device: device)
    config.fuses = false
    let plain = try ParameterLoader.load(frozen, component: "StableSR's autoencoder", device: device) {
      try FeatureWrappingAutoencoder($0, config)
    }
    loop = StableSRLoop(
      try folder.networks(dtype: dtype, device: device).networks, plain, variant: folder.variant)
    empty_BLD = try withoutGradient { [folder] in try folder.tokens(dtype: dtype, device: device)([""])[0] }
  }

  /// New fusions, by their keys in the autoencoder.
  package func newParameters(seed: UInt64) throws -> [String: Tensor] {
    let drawn = try ParameterInitialiser(seed: seed)
    _ = try FeatureWrappingAutoencoder(
      ParameterLoader(OverlaidSource(drawn, over: frozen, where: StableSRFolder.isFusion)).root, config)
    return drawn.drawn
  }

  /// The fusions of a folder that a training wrote.
  /// - Throws: `CheckpointError` for another folder.
  package func parameters(of path: String) throws -> ParameterDictionary {
    let file = try openCheckpoint(StableSRFolder(path).folder.require(StableSRFolder.wrapping))
    let source = StableSRCheckpoint.featureWrapping(file, config)
    var tensors: [String: Tensor] = [:]
    for key in source.keys where StableSRFolder.isFusion(key) {
      tensors[key] = try source.parameter(key, ParameterRequest(shape: []))
    }
    return ParameterDictionary(tensors, name: path)
  }

  /// The autoencoder over fusions.
  /// - Throws: `CheckpointError` with missing, unexpected and mismatched keys.
  package func autoencoder(_ parameters: ParameterDictionary) throws -> FeatureWrappingAutoencoder {
    try ParameterLoader.load(
      OverlaidSource(parameters, over: frozen, where: StableSRFolder.isFusion),
      component: "StableSR's autoencoder with feature wrapping", device: device
    ) { try FeatureWrappingAutoencoder($0, config) }
  }

  /// What the first stage makes of low-quality pictures: latents in the autoencoder's own scaling.
  /// - Parameters:
  ///   - picture_BCHW: Enlarged, 0…1.
  ///   - steps: Of the sampling.
  ///   - seeds: One a row.
  package func latents(of picture_BCHW: Tensor, steps: Int, seeds: [UInt64]) throws -> Tensor {
    try withoutGradient {
      var settings = loop.variant.settings
      settings.steps = steps
      settings.weight = 0
      let rows = try seeds.enumerated().map { row, seed in
        let picture_1CHW = try picture_BCHW.narrowed(0, from: row, length: 1)
        let run = LatentRun(noise: SeededNoise(seed: seed), tiling: try loop.tiling(for: picture_1CHW))
        let source = try loop.encode(picture_1CHW, noise: run.noise, keepsFeatures: false)
        return try loop.latent(source, prompt_BLD: empty_BLD, settings, run)
      }
      return try loop.autoencoder.autoencoder.unscaled(try .concatenated(rows, axis: 0))
    }
  }

  /// Writes what `burnish restore` loads: the fusions, and links to the first stage and the base model.
  package func write(_ parameters: [String: Tensor], to path: String) throws {
    try StableSRFolderWriter(path).write(
      try config.latentDiffusionKeys.writing(parameters), as: StableSRFolder.wrapping, sizes: sizes, base: folder.folder
    )
  }

  /// What a state must be of.
  package var written: StableSRFolder.Sizes { sizes }
}
