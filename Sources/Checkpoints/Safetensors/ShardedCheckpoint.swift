public import Torch

/// A checkpoint in several files with an index, as large models are published: safetensors, or PyTorch's own format.
///
/// All shards are opened and checked at once (that maps them and reads their headers, no more): a shard that is missing
/// or cut short is reported before any work begins. Keys that a shard holds and the index does not list are keys like
/// the others, so that a load reports them when nobody wants them.
public final class ShardedCheckpoint: Checkpoint {
  /// The index file's path as it was given.
  public let name: String

  /// Every tensor's name over all shards.
  public let keys: Set<String>

  /// The free text of all shards; where they differ, of the shard whose name comes first.
  public let metadata: [String: String]

  private let homes: [String: any Checkpoint]

  /// Opens an index and all its shards, which lie beside it.
  /// - Parameters:
  ///   - path: The `.safetensors.index.json` or `.bin.index.json` file.
  ///   - state: Which dictionary of a PyTorch file holds the weights.
  /// - Throws: `CheckpointError` when the index or a shard is not sound, a listed tensor is not in its shard, or two
  ///   shards hold the same tensor.
  public init(indexPath path: String, state: StateChoice = .automatic) throws(CheckpointError) {
    let index = try MappedFile(path: path).parsed(ShardIndex.init)
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    var homes: [String: any Checkpoint] = [:]
    var metadata: [String: String] = [:]
    for shard in Set(index.shards.values).sorted() {
      let file = try Self.open(folder + shard, of: path, state: state)
      metadata.merge(file.metadata) { first, _ in first }
      for key in file.keys {
        if let other = homes.updateValue(file, forKey: key) {
          throw CheckpointError(
            .malformed,
            "Could not open \(path.quoted): both \(other.name.quoted) and \(file.name.quoted) "
              + "hold tensor \(key.quoted)."
          )
        }
      }
    }
    for (key, shard) in index.shards where homes[key]?.name != folder + shard {
      throw CheckpointError(
        .malformed,
        "Could not open \(path.quoted): it places tensor \(key.quoted) in \(shard.quoted), which does not hold it; "
          + "index and shards are probably of different downloads, run `burnish models verify`.")
    }
    name = path
    keys = Set(homes.keys)
    self.homes = homes
    self.metadata = metadata
  }

  /// The sizes of a tensor, outermost first; nil when there is no such key.
  public func shape(of key: String) -> [Int]? { homes[key]?.shape(of: key) }

  /// The element type as the file spells it (`F32`, `BF16`, `F8_E4M3`); nil when there is no such key.
  public func typeName(of key: String) -> String? { homes[key]?.typeName(of: key) }

  /// A tensor over the mapped memory of its shard.
  /// - Parameter key: The tensor's name.
  /// - Returns: A row-major tensor on the CPU, in the file's type.
  /// - Throws: `CheckpointError` when there is no such key, or its type is one that Burnish does not compute with.
  public func tensor(_ key: String) throws(CheckpointError) -> Tensor {
    guard let file = homes[key] else {
      throw CheckpointError(
        .mismatch, "Could not read tensor \(key.quoted) of \(name.quoted): no shard has a tensor of this name.")
    }
    return try file.tensor(key)
  }

  private static func open(
    _ shard: String, of path: String, state: StateChoice
  ) throws(CheckpointError) -> any Checkpoint {
    do {
      return try openCheckpointFile(shard, state: state)
    } catch {
      throw CheckpointError(error.code, "Could not open \(path.quoted), because of a shard: \(error.message)")
    }
  }
}
