import Checkpoints
import Foundation
import Torch

/// The layout of a published checkpoint: every tensor's key and sizes, and the configuration that implies them.
struct Manifest {
  /// Which component it is of.
  let component: String
  /// The published configuration, JSON.
  let config: Data
  /// Sizes by key.
  let shapes: [String: [Int]]
  /// Free text that readers of the checkpoint want in its header; most want none.
  let metadata: [String: String]
  private let path: String

  /// Reads a manifest.
  /// - Throws: `ParityError` for a file that is none.
  init(path: String) throws {
    self.path = path
    let json: Data
    do {
      json = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw ParityError("could not read '\(path)': \(error.localizedDescription)")
    }
    guard let root = (try? JSONSerialization.jsonObject(with: json)) as? [String: Any],
      let component = root["component"] as? String, let tensors = root["tensors"] as? [String: [Int]]
    else {
      throw ParityError("'\(path)' is not a manifest: it needs a 'component', and 'tensors' with the sizes of each key")
    }
    for (key, shape) in tensors where shape.contains(where: { $0 < 0 }) {
      throw ParityError("'\(path)' gives '\(key)' the sizes \(shape)")
    }
    self.component = component
    config = try JSONSerialization.data(withJSONObject: root["config"] ?? [String: Any](), options: .fragmentsAllowed)
    shapes = tensors
    metadata = root["metadata"] as? [String: String] ?? [:]
  }
}

extension Manifest: ParameterSource {
  var name: String { path }
  var keys: Set<String> { Set(shapes.keys) }

  /// A tensor of the manifest's sizes without memory.
  func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    try shapes[key].map { try .empty($0, device: .meta) }
  }
}
