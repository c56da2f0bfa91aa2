internal import Checkpoints
internal import Foundation
internal import Priors
internal import Torch

/// The files of a Diffusion Restoration Adapter beside those of its base model.
struct AdapterFiles {
  /// Where the adapter lies.
  let folder: ModelFolder
  /// The adapter.
  let checkpoint: RestorationCheckpoint
  /// Where the base model lies: a folder, or its single file.
  let base: ModelFolder
  /// What was chosen for this adapter.
  let settings: RestorationAdapterSettings

  /// What the paper's authors did not publish.
  static let source =
    "your own training or that of others: the paper's authors published no weights, and docs/models.md describes the file"

  /// The adapter of a system.
  /// - Parameters:
  ///   - base: What the base model is called.
  static func part(_ base: String) -> ModelPart {
    ModelPart(
      "adapter", places: ["adapter.safetensors", "restoration_adapter.safetensors"],
      summary: "restoration adapters and LoRA for \(base), a file that Burnish's training writes", source: source)
  }

  static let settingsPart = ModelPart(
    "settings", places: [RestorationAdapterSettings.fileName],
    summary: "steps, guidance, restoration sampling, words; where base model and adapter lie",
    source: "whoever trained the adapter; docs/models.md lists its keys",
    isOptional: true)

  /// - Parameters:
  ///   - path: A folder, or an adapter's file in one.
  ///   - model: What `--model` calls the system.
  ///   - defaultSteps: Steps where the settings name none.
  /// - Throws: `CheckpointError` that says which file is absent or not what it should be.
  init(_ path: String, model: String, defaultSteps: Int) throws(CheckpointError) {
    let given = ModelFolder(path, model: model)
    let folder = given.isFile ? given.surrounding : given
    let settings = try RestorationAdapterSettings.read(
      folder: folder.path, defaults: RestorationAdapterSettings(steps: defaultSteps))
    func resolved(_ path: String) -> String { path.hasPrefix("/") ? path : folder.path + "/" + path }
    func named(_ path: String, _ key: String, _ what: String) throws(CheckpointError) -> String {
      let place = resolved(path)
      guard FileManager.default.fileExists(atPath: place) else {
        throw CheckpointError(
          .unreadable,
          "Could not open the model '\(model)': '\(place)', which '\(key)' in \(RestorationAdapterSettings.fileName) names as "
            + "\(what), is not there.")
      }
      return place
    }
    self.folder = folder
    self.settings = settings
    if given.isFile {
      checkpoint = try RestorationCheckpoint(path: path)
    } else if let path = settings.adapterPath {
      checkpoint = try RestorationCheckpoint(path: named(path, "adapter", "the adapter"))
    } else {
      checkpoint = try RestorationCheckpoint(path: folder.require(Self.part(Self.baseName(of: model))))
    }
    if let path = settings.basePath {
      base = ModelFolder(try named(path, "base", "the base model"), model: model)
    } else {
      base = folder
    }
  }

  /// The base model of a system.
  static func baseName(of model: String) -> String {
    model == SD3AdapterModel.system ? "Stable Diffusion 3" : "Stable Diffusion XL"
  }

  /// The adapter at a path; nil where there is none, or none that can be read.
  /// - Parameter path: A folder, or an adapter's file.
  static func checkpoint(at path: String) -> RestorationCheckpoint? {
    let given = ModelFolder(path, model: "")
    if given.isFile { return try? RestorationCheckpoint(path: path) }
    let named = try? RestorationAdapterSettings.read(folder: path, defaults: RestorationAdapterSettings(steps: 1))
      .adapterPath
    let places = (named.map { [$0.hasPrefix("/") ? $0 : path + "/" + $0] } ?? part("").places.map { path + "/" + $0 })
    return places.lazy.compactMap { try? RestorationCheckpoint(path: $0) }.first
  }
}

/// An adapter that was opened and checked, and is loaded when a run needs it.
struct DeferredAdapter {
  private let checkpoint: RestorationCheckpoint
  private let backbone: AdapterBackbone
  private let dtype: DType
  private let device: Device
  /// In the file's own memory: the LoRA is merged from here.
  private let mapped: RestorationAdapter
  /// Bytes of the adapters; the LoRA takes none once it is merged.
  let byteCount: Int

  /// - Throws: `CheckpointError` for adapters of another network, and for missing, unexpected and mismatched keys.
  init(_ checkpoint: RestorationCheckpoint, for backbone: AdapterBackbone, dtype: DType, device: Device) throws {
    self.checkpoint = checkpoint
    self.backbone = backbone
    self.dtype = dtype
    self.device = device
    mapped = try checkpoint.adapter(for: backbone)
    byteCount = try checkpoint.config.parameterCounts(for: backbone).adapters * dtype.byteCount
  }

  func load() throws -> RestorationAdapter { try checkpoint.adapter(for: backbone, dtype: dtype, device: device) }

  /// The prior's weights with the LoRA merged in.
  func merged(into prior: any ParameterSource) throws(CheckpointError) -> any ParameterSource {
    try mapped.merged(into: prior)
  }

  /// What to say where the adapter was trained on other weights of the same network; nil where it was trained on these, or
  /// does not say.
  func caution(_ prior: any ParameterSource) throws -> String? {
    guard try checkpoint.isTrained(on: prior, backbone) == false else { return nil }
    return
      "the adapter '\(checkpoint.path)' was trained on other weights than those of \(prior.name): results may be off"
  }
}
