package import Checkpoints
internal import Foundation
package import Torch

/// Writes networks in the layout of diffusers: a folder with `config.json` and the weights.
package enum NetworkFolder {
  /// Writes a network; files of the same names are replaced only once the new ones are whole.
  /// - Parameters:
  ///   - weights: By the published keys.
  ///   - config: What the file `config.json` says.
  ///   - dtype: The type to store floating-point weights in.
  ///   - path: Made when it is not there.
  /// - Throws: `CheckpointError` when a weight is no number in the type, or a file cannot be written.
  package static func write(
    _ weights: [String: Tensor], config: some Encodable, dtype: DType, to path: String
  ) throws {
    let stored = try stored(weights, dtype, in: path)
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try SafetensorsWriter.write(stored, metadata: [:], to: path + "/" + StarterFolder.weightsFile)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(config).write(to: URL(fileURLWithPath: path + "/config.json"), options: .atomic)
    } catch let error as CocoaError {
      throw CheckpointError(.unwritable, "writing the network '\(path)': \(error.localizedDescription)")
    }
  }

  /// Weights in the type that they are stored in.
  /// - Throws: `CheckpointError` when one is no number in it.
  static func stored(_ weights: [String: Tensor], _ dtype: DType, in path: String) throws -> [String: Tensor] {
    var stored: [String: Tensor] = [:]
    for (key, tensor) in weights {
      let short = try tensor.detached().to(dtype).contiguous()
      guard try short.isFinite().all().item() != 0 else {
        throw CheckpointError(
          .unwritable, "writing the network '\(path)': '\(key)' holds NaN or a number beyond \(dtype)'s range")
      }
      stored[key] = short
    }
    return stored
  }
}
