/// The index file of a checkpoint in several files: which shard holds which tensor.
///
/// `{"metadata": {"total_size": …}, "weight_map": {key: "model-00001-of-00003.safetensors"}}`
struct ShardIndex {
  /// The shard's file name of each key.
  private(set) var shards: [String: String] = [:]

  /// Reads an index.
  /// - Parameter text: The file's JSON text.
  /// - Throws: `CheckpointFlaw` when it is not such an index or names a file outside its folder.
  init(_ text: UnsafeRawBufferPointer) throws(CheckpointFlaw) {
    var scanner = JsonScanner(text)
    var map: [String: String]?
    try scanner.members { (scanner, field) throws(CheckpointFlaw) in
      guard field == "weight_map" else { return try scanner.skipValue() }
      var found: [String: String] = [:]
      try scanner.members { (scanner, key) throws(CheckpointFlaw) in
        let shard = try scanner.string()
        // An index is data from elsewhere: it must not make us open files elsewhere.
        guard !shard.isEmpty, shard != ".", shard != "..", !shard.contains("/"), !shard.contains("\0") else {
          throw CheckpointFlaw(
            .malformed, "it places tensor \(key.quoted) in \(shard.quoted), which is not the name of a file beside it")
        }
        found[key] = shard
      }
      map = found
    }
    try scanner.end()
    guard let map else { throw CheckpointFlaw(.malformed, "it is not an index of shards: it has no weight_map") }
    guard !map.isEmpty else { throw CheckpointFlaw(.malformed, "its weight_map is empty") }
    shards = map
  }
}
