package import Checkpoints
internal import Foundation
package import Priors
package import Torch

/// Stable Diffusion 2 as the first stage of StableSR's training needs it: frozen, and loaded once.
package struct StableSRBase {
  /// Autoencoder, schedule and text.
  package let prior: StableDiffusionPrior
  /// The sizes of what is trained.
  package let sizes: StableSRFolder.Sizes
  /// The U-Net's sizes with its structure layers.
  package let unet: UNetConfig
  private let frozen: FrozenWeights
  private let folder: ModelFolder
  private let device: Device

  /// Opens the base model.
  /// - Parameters:
  ///   - path: Its folder, or one that holds it.
  ///   - sizes: Those of what is trained; what the U-Net predicts is the base's.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's, and for an encoder that
  ///   does not go with the U-Net.
  package init(_ path: String, _ sizes: StableSRFolder.Sizes, dtype: DType, device: Device) throws {
    prior = try StableDiffusionPrior(path, model: "stablesr", dtype: dtype, device: device)
    folder = ModelFolder(path, model: "stablesr")
    self.device = device
    var sizes = sizes
    sizes.prediction = try prior.schedule.parametrisation()
    self.sizes = sizes
    let base = try prior.unet()
    unet = StableSRFolder.unet(base.config, sizes)
    frozen = base.frozen
    guard unet.blockOutChannels.count == sizes.encoder.levels else {
      throw CheckpointError(
        .mismatch,
        "training StableSR upon '\(path)': the encoder makes \(sizes.encoder.levels) maps, and its U-Net looks at "
          + "\(unet.blockOutChannels.count); 'model.encoder.channel_mult' has an entry for each")
    }
  }

  /// New structure layers and a new encoder, by the keys ``networks(_:)`` reads.
  package func newParameters(seed: UInt64) throws -> [String: Tensor] {
    let layers = try ParameterInitialiser(seed: seed)
    _ = try UNet2DCondition(
      ParameterLoader(OverlaidSource(layers, over: frozen, where: StableSRFolder.isStructure)).root, unet)
    let encoder = try ParameterInitialiser(seed: seed &+ 1)
    _ = try TimeAwareEncoder(ParameterLoader(encoder).root, sizes.encoder)
    return Self.joined(unet: layers.drawn, encoder: encoder.drawn)
  }

  /// The parameters of a folder that a training wrote.
  /// - Throws: `CheckpointError` for another folder.
  package func parameters(of path: String) throws -> ParameterDictionary {
    let file = try openCheckpoint(StableSRFolder(path).folder.require(StableSRFolder.structure))
    let stored = StableSRCheckpoint(file, names)
    func tensors(_ source: any ParameterSource) throws -> [String: Tensor] {
      var tensors: [String: Tensor] = [:]
      for key in source.keys { tensors[key] = try source.parameter(key, ParameterRequest(shape: [])) }
      return tensors
    }
    return ParameterDictionary(
      Self.joined(unet: try tensors(stored.unet), encoder: try tensors(stored.encoder)), name: path)
  }

  private static func joined(unet: [String: Tensor], encoder: [String: Tensor]) -> [String: Tensor] {
    var joined: [String: Tensor] = [:]
    for (key, tensor) in unet { joined["unet." + key] = tensor }
    for (key, tensor) in encoder { joined["encoder." + key] = tensor }
    return joined
  }

  private var names: StableSRConfig {
    var names = StableSRConfig()
    (names.unet, names.encoder) = (unet, sizes.encoder)
    return names
  }

  /// The networks over structure layers (`unet.`) and an encoder (`encoder.`).
  /// - Throws: `CheckpointError` with missing, unexpected and mismatched keys.
  package func networks(_ parameters: ParameterDictionary) throws -> StructureSteeredUNet {
    StructureSteeredUNet(
      try ParameterLoader.load(
        OverlaidSource(
          PrefixedSource(parameters, prefix: "unet."), over: frozen, where: StableSRFolder.isStructure),
        component: "StableSR's U-Net", device: device
      ) { try UNet2DCondition($0, unet) },
      try ParameterLoader.load(
        PrefixedSource(parameters, prefix: "encoder."), component: "StableSR's time-aware encoder", device: device
      ) { try TimeAwareEncoder($0, sizes.encoder) })
  }

  /// Writes what `burnish restore` loads: what was trained, and links to the base model.
  package func write(_ parameters: [String: Tensor], to path: String) throws {
    var parts: [String: [String: Tensor]] = ["unet": [:], "encoder": [:]]
    for (key, tensor) in parameters {
      guard let dot = key.firstIndex(of: ".") else { continue }
      parts[String(key[..<dot])]?[String(key[key.index(after: dot)...])] = tensor
    }
    var stored: [String: Tensor] = [:]
    for (part, map, prefix) in [
      ("unet", unet.latentDiffusionKeys, "model.diffusion_model."),
      ("encoder", sizes.encoder.latentDiffusionKeys, "structcond_stage_model."),
    ] {
      for (key, tensor) in try map.writing(parts[part] ?? [:]) { stored[prefix + key] = tensor }
    }
    try StableSRFolderWriter(path).write(stored, as: StableSRFolder.structure, sizes: sizes, base: folder)
  }
}

/// Writes the files of a trained StableSR.
struct StableSRFolderWriter {
  private let path: String

  init(_ path: String) { self.path = path }

  /// Writes trained parameters in half precision, the sizes, and links to the parts of the base model and to what other
  /// stages trained.
  /// - Parameters:
  ///   - tensors: By the names of the authors' files.
  ///   - part: What they are.
  ///   - base: The base model, or the folder of the stage before.
  func write(_ tensors: [String: Tensor], as part: ModelPart, sizes: StableSRFolder.Sizes, base: ModelFolder) throws {
    guard let name = part.places.first else { return }
    let stored = try NetworkFolder.stored(tensors, .float16, in: path)
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(sizes).write(
        to: URL(fileURLWithPath: path + "/" + StableSRFolder.sizesFile), options: .atomic)
    } catch let error as CocoaError {
      throw CheckpointError(.unwritable, "writing the model '\(path)': \(error.localizedDescription)")
    }
    try SafetensorsWriter.write(stored, metadata: [:], to: path + "/" + name)
    let shared = StableDiffusionParts.two.all + [StableSRFolder.unet, StableSRFolder.structure]
    for other in shared where other != part {
      guard let found = base.find(other), let place = other.places.first else { continue }
      try StableDiffusionPrior.link(found, as: path + "/" + place)
    }
  }
}
