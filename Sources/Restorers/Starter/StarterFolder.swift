public import Checkpoints
internal import Foundation
public import Torch

/// A starter model on disk: `model.json`, and one safetensors file for each network in the published layout.
public enum StarterFolder {
  /// Folder names of a model's networks; also the first part of their keys in ``StarterNetwork``.
  static func components(_ config: StarterConfig) -> [String] {
    ["unet", "controlnet"] + (config.restorationModule == nil ? [] : [restorationModule])
  }
  static let restorationModule = "restoration_module"
  static let weightsFile = "diffusion_pytorch_model.safetensors"

  /// Writes a model, with weights in float16: rounding is far below what the networks' bfloat16 arithmetic rounds.
  /// - Parameters:
  ///   - parameters: By ``StarterNetwork``'s keys.
  ///   - config: The model's sizes.
  ///   - folder: Made when it is not there.
  /// - Throws: `CheckpointError` when a weight is no number in float16 (before anything is written), or a file cannot be
  ///   written.
  public static func write(_ parameters: [String: Tensor], _ config: StarterConfig, to folder: String) throws {
    var weights: [String: [String: Tensor]] = [:]
    for component in components(config) {
      let prefix = component + "."
      for (key, tensor) in parameters where key.hasPrefix(prefix) {
        let short = try tensor.detached().to(.float16)
        guard try short.isFinite().all().item() != 0 else {
          throw CheckpointError(
            .unwritable, "writing the model '\(folder)': '\(key)' holds NaN or a number beyond float16's range")
        }
        weights[component, default: [:]][String(key.dropFirst(prefix.count))] = short
      }
    }
    do {
      for (component, tensors) in weights {
        let path = folder + "/" + component
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try SafetensorsWriter.write(tensors, metadata: [:], to: path + "/" + weightsFile)
      }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(config).write(to: URL(fileURLWithPath: folder + "/model.json"), options: .atomic)
    } catch let error as CocoaError {
      throw CheckpointError(.unwritable, "writing the model '\(folder)': \(error.localizedDescription)")
    }
  }

  /// Reads a model's sizes.
  /// - Throws: `CheckpointError` naming the file and what is wrong with it.
  public static func config(of folder: String) throws(CheckpointError) -> StarterConfig {
    let path = folder + "/model.json"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CheckpointError(
        .unreadable,
        "opening the model '\(folder)': it has no readable model.json; a starter model is a folder with model.json, unet/ and controlnet/"
      )
    }
    do {
      return try JSONDecoder().decode(StarterConfig.self, from: data)
    } catch {
      throw CheckpointError(.malformed, "reading '\(path)': \(ConfigFile.reason(error))")
    }
  }

  /// A model's parameters by ``StarterNetwork``'s keys, as they are stored.
  /// - Throws: `CheckpointError` for files that are absent or damaged.
  public static func parameters(of folder: String) throws -> ParameterDictionary {
    var tensors: [String: Tensor] = [:]
    for component in components(try config(of: folder)) {
      let checkpoint = try openCheckpoint(folder + "/" + component)
      for key in checkpoint.keys { tensors[component + "." + key] = try checkpoint.tensor(key) }
    }
    return ParameterDictionary(tensors, name: folder)
  }

  /// Loads a model.
  /// - Parameters:
  ///   - dtype: The type to compute in.
  ///   - device: Where the weights shall be.
  /// - Throws: `CheckpointError` for files that are absent, damaged or another model's.
  public static func load(_ folder: String, dtype: DType, device: Device) throws -> StarterNetwork {
    let config = try config(of: folder)
    return try ParameterLoader.load(
      try parameters(of: folder), component: "the starter model", dtype: dtype, device: device
    ) {
      try StarterNetwork($0, config)
    }
  }
}
