package import Checkpoints
internal import Foundation
package import Priors
package import Torch

/// The tagger RAM as the training of DAPE, its LoRA, needs it: frozen, and loaded once.
package struct TaggerPrior {
  /// The sizes, with those of the LoRA that is trained.
  package let config: TaggerConfig
  /// RAM as it is.
  package let teacher: ImageTagger
  private let folder: ModelFolder
  private let weights: FrozenWeights
  private let device: Device

  /// Opens RAM.
  /// - Parameters:
  ///   - path: A folder that holds RAM's file; SeeSR's, mostly.
  ///   - model: What is being trained, for messages.
  ///   - rank: Rows of each `A`; nil takes what the folder's `ram_config.json` says, or the published 8.
  ///   - alpha: The product is multiplied by alpha / rank; nil as for the rank, or the published 1.
  /// - Throws: `CheckpointError` when the file is absent, damaged or another model's.
  package init(
    _ path: String, model: String, rank: Int?, alpha: Double?, dtype: DType, device: Device
  ) throws {
    folder = ModelFolder(path, model: model)
    self.device = device
    let ram = try folder.require(SteeredParts.tagger)
    var config = try ConfigFile.read(TaggerConfig.self, path: Self.configPath(beside: ram)) ?? TaggerConfig()
    config.lora.rank = rank ?? config.lora.rank
    config.lora.alpha = alpha ?? config.lora.alpha
    self.config = config
    weights = try FrozenWeights(
      try ImageTagger.source(ram: openCheckpoint(ram), lora: nil, config: config), dtype: dtype, device: device)
    teacher = try ParameterLoader.load(weights, component: "the picture tagger", device: device) {
      try ImageTagger($0, config)
    }
  }

  private static func configPath(beside weights: String) -> String {
    URL(fileURLWithPath: weights).deletingLastPathComponent().path + "/" + SteeredParts.taggerConfig
  }

  /// The tagger with a LoRA beside its weights.
  /// - Throws: `CheckpointError` unless the LoRA is of the sizes.
  package func student(_ lora: any ParameterSource) throws -> ImageTagger {
    try ImageTagger.adapting(weights, lora, config: config, device: device)
  }

  /// A LoRA that changes nothing yet, by the names of DAPE's file.
  package func newLoRA(seed: UInt64) throws -> [String: Tensor] { try ImageTagger.newLoRA(config, seed: seed) }

  /// Writes DAPE's file, and beside it links to all that the folder has of RAM, SeeSR and AddSR and their base: where it
  /// holds a whole model, so does the new folder.
  /// - Throws: `CheckpointError` when something cannot be written.
  package func write(_ lora: [String: Tensor], to path: String) throws {
    try Self.make(path)
    var stored: [String: Tensor] = [:]
    for (key, tensor) in lora { stored[key] = try tensor.detached().to(.float32, device: .cpu).contiguous() }
    try SafetensorsWriter.write(stored, metadata: [:], to: path + "/" + (SteeredParts.dape.places.first ?? "DAPE"))
    try writeConfig(to: path)
    for part in StableDiffusionParts.two.all + [SteeredParts.tagger, SteeredParts.tags, SteeredParts.thresholds] {
      guard let found = folder.find(part), let place = part.places.first else { continue }
      try StableDiffusionPrior.link(found, as: path + "/" + place)
    }
    // At the places that tell which system it is.
    for system in ["", "seesr/", "addsr/"] where holds(system) {
      try Self.make(path + "/" + system)
      for network in ["unet", "controlnet"] {
        try StableDiffusionPrior.link(folder.path + "/" + system + network, as: path + "/" + system + network)
      }
    }
  }

  private static func make(_ folder: String) throws(CheckpointError) {
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw CheckpointError(.unwritable, "making the model's folder '\(folder)': \(error.localizedDescription)")
    }
  }

  /// True where a U-Net comes with a ControlNet; a base model's own does not.
  private func holds(_ system: String) -> Bool {
    ["unet", "controlnet"].allSatisfy { FileManager.default.fileExists(atPath: folder.path + "/" + system + $0) }
  }

  /// RAM's sizes with those of the LoRA, without which its file cannot be read: the folder's own words for all else.
  private func writeConfig(to path: String) throws {
    guard config.lora != TaggerConfig.LoRA() || folderConfig != nil else { return }
    var words: [String: Any] = [:]
    if let data = folderConfig { words = (try JSONSerialization.jsonObject(with: data) as? [String: Any]) ?? [:] }
    words["lora"] = ["r": config.lora.rank, "alpha": config.lora.alpha] as [String: Any]
    let data = try JSONSerialization.data(withJSONObject: words, options: [.prettyPrinted, .sortedKeys])
    do {
      try data.write(to: URL(fileURLWithPath: path + "/" + SteeredParts.taggerConfig), options: .atomic)
    } catch {
      throw CheckpointError(
        .unwritable, "writing '\(path)/\(SteeredParts.taggerConfig)': \(error.localizedDescription)")
    }
  }

  private var folderConfig: Data? {
    folder.find(SteeredParts.tagger).flatMap { FileManager.default.contents(atPath: Self.configPath(beside: $0)) }
  }
}
