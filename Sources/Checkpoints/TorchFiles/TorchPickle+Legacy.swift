// The format before PyTorch 1.6: pickles in a row (a magic number, the format's version, sizes of the writing machine, the
// object, the keys of its storages), then each storage: the number of its elements in 8 bytes, and the elements.

extension TorchPickle {
  /// 0x1950a86a20f9469cfc6c, little-endian.
  private static let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
  private static let magicDigits = "119547037146038801333356"

  static func legacy(_ file: UnsafeRawBufferPointer, limits: PickleLimits) throws(CheckpointFlaw) -> TorchPickle {
    var position = 0
    func next() throws(CheckpointFlaw) -> (value: PickleValue, heap: PickleHeap) {
      var machine = PickleMachine(file, position..<file.count, limits: limits)
      let value = try machine.run()
      position = machine.cursor.position
      return (value, machine.heap)
    }
    let first = try next()
    guard isMagic(first.value, first.heap, file) else {
      throw CheckpointFlaw(
        .unsupported,
        "it is a pickle of Python, but not one of torch.save; load it in Python and save its tensors with torch.save")
    }
    guard case .integer(1001) = try next().value else {
      throw CheckpointFlaw(
        .unsupported, "it is of an unknown version of PyTorch's old format; save it anew with PyTorch")
    }
    let system = try next()
    if case .dictionary(let id) = system.value {
      for (key, value) in system.heap.dictionaries[id] where system.heap.text(key) == "little_endian" {
        guard case .bool(false) = value else { continue }
        throw CheckpointFlaw(
          .unsupported, "its numbers are in the order of another kind of machine (big-endian); save it anew on this one"
        )
      }
    }
    let object = try next()
    let keys = try next()
    let storages = try locate(
      keys.heap.elements(keys.value)?.map(keys.heap.text) ?? [], of: object.heap, file, from: position)
    return TorchPickle(root: object.value, heap: object.heap, storages: storages)
  }

  private static func isMagic(_ value: PickleValue, _ heap: PickleHeap, _ file: UnsafeRawBufferPointer) -> Bool {
    guard case .hugeInteger(let id) = value, case .file(let range) = heap.bytes[id] else { return false }
    return file[range].elementsEqual(magic) || file[range].elementsEqual(magicDigits.utf8)
  }

  /// Walks over the storages, which stand in the order of their keys.
  private static func locate(
    _ keys: [String?], of heap: PickleHeap, _ file: UnsafeRawBufferPointer, from start: Int
  ) throws(CheckpointFlaw) -> [String: Range<Int>] {
    var expected: [String: StorageReference] = [:]
    for storage in heap.storages {
      if let other = expected.updateValue(storage, forKey: storage.key),
        other.type != storage.type || other.byteCount != storage.byteCount
      {
        throw CheckpointFlaw(.malformed, "it speaks of storage \(storage.key.quoted) in two ways; download it again")
      }
    }
    var found: [String: Range<Int>] = [:]
    var position = start
    for key in keys {
      guard let key, let storage = expected[key] else {
        throw CheckpointFlaw(
          .malformed,
          "it holds a storage \(key?.quoted ?? "without a name") that no tensor speaks of; download it again")
      }
      func cut(_ end: Int) -> CheckpointFlaw {
        CheckpointFlaw(
          .truncated,
          "the file ends at byte \(file.count), but storage \(key.quoted) reaches to byte \(end); "
            + CheckpointFlaw.fetchAgain)
      }
      guard file.count - position >= 8 else { throw cut(position + 8) }
      let count = Int64(littleEndian: file.loadUnaligned(fromByteOffset: position, as: Int64.self))
      position += 8
      guard count >= 0, Int(count) == storage.byteCount / storage.type.byteCount else {
        throw CheckpointFlaw(
          .malformed,
          "storage \(key.quoted) has \(count) elements where its tensors speak of "
            + "\(storage.byteCount / storage.type.byteCount); download it again")
      }
      guard file.count - position >= storage.byteCount else {
        let (end, overflow) = position.addingReportingOverflow(storage.byteCount)
        throw cut(overflow ? .max : end)
      }
      guard found.updateValue(position..<position + storage.byteCount, forKey: key) == nil else {
        throw CheckpointFlaw(.malformed, "it holds storage \(key.quoted) twice; download it again")
      }
      position += storage.byteCount
    }
    return found
  }
}
