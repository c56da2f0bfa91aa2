internal import Checkpoints
internal import Torch

/// A part of a single file that holds a whole model: the keys under a prefix, without it.
struct CheckpointPart: Checkpoint {
  private let base: any Checkpoint
  private let prefix: String
  let keys: Set<String>

  /// - Parameter prefix: Includes its final dot.
  init(_ base: any Checkpoint, prefix: String) {
    self.base = base
    self.prefix = prefix
    keys = PrefixedSource(base, prefix: prefix).keys
  }

  var name: String { base.name }
  var metadata: [String: String] { base.metadata }
  func shape(of key: String) -> [Int]? { base.shape(of: prefix + key) }
  func typeName(of key: String) -> String? { base.typeName(of: prefix + key) }
  func tensor(_ key: String) throws(CheckpointError) -> Tensor { try base.tensor(prefix + key) }
}
