// The format since PyTorch 1.6: a zip archive with `NAME/data.pkl`, `NAME/data/KEY` for each storage, `NAME/version` and
// `NAME/byteorder`. A TorchScript program has the same parts, and its code beside them, which nobody reads here: the
// attributes of its modules are its checkpoint.

extension TorchPickle {
  static func archive(_ file: UnsafeRawBufferPointer, limits: PickleLimits) throws(CheckpointFlaw) -> TorchPickle {
    let entries = try ZipDirectory(file).entries
    let pickles = entries.keys.filter { $0.hasSuffix("/data.pkl") && $0.split(separator: "/").count == 2 }
    guard let pickle = pickles.first, let entry = entries[pickle], pickles.count == 1 else {
      throw CheckpointFlaw(.malformed, foreign(entries.keys.sorted()))
    }
    let folder = String(pickle.dropLast("data.pkl".count))
    if let order = entries[folder + "byteorder"], file[order.range].elementsEqual("big".utf8) {
      throw CheckpointFlaw(
        .unsupported, "its numbers are in the order of another kind of machine (big-endian); save it anew on this one")
    }
    var storages: [String: Range<Int>] = [:]
    for (name, entry) in entries where name.hasPrefix(folder + "data/") {
      try checkStored(name, entry)
      storages[String(name.dropFirst(folder.count + "data/".count))] = entry.range
    }
    try checkStored(pickle, entry)
    var machine = PickleMachine(file, entry.range, limits: limits)
    let root = try machine.run()
    return TorchPickle(root: root, heap: machine.heap, storages: storages)
  }

  private static func checkStored(_ name: String, _ entry: ZipDirectory.Entry) throws(CheckpointFlaw) {
    guard entry.method == 0 else {
      throw CheckpointFlaw(
        .unsupported,
        "its part \(name.quoted) is compressed, which PyTorch does not do: the file was packed by another program; "
          + "load and save it anew with PyTorch, or pack it without compression")
    }
  }

  private static func foreign(_ names: [String]) -> String {
    let first = names.prefix(3).map { $0.quoted }.joined(separator: ", ") + (names.count > 3 ? ", …" : "")
    return names.isEmpty
      ? "it is an empty zip archive; download it again"
      : "it is a zip archive, but not of PyTorch: it holds \(first) and no data.pkl; if a checkpoint is inside, unpack it"
  }
}
