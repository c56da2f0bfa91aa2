/// Files of PyTorch's layouts put together by hand, sound or not.
enum TorchBytes {
  /// One file of an archive, and what its directory says of it.
  struct Part {
    var name: String
    var bytes: [UInt8]
    var method: UInt16 = 0
    var flags: UInt16 = 0
    /// Lies, where they differ from the truth.
    var claimedSize: UInt32?
    var claimedStored: UInt32?
    var claimedOffset: UInt32?
    /// The extra field of the directory.
    var extra: [UInt8] = []
  }

  /// An archive as `torch.save` writes one.
  static func archive(pickle: [UInt8], storages: [String: [UInt8]] = [:]) -> [UInt8] {
    zip(
      [Part(name: "archive/data.pkl", bytes: pickle)]
        + storages.sorted { $0.key < $1.key }.map { Part(name: "archive/data/" + $0.key, bytes: $0.value) })
  }

  /// A zip archive of these files.
  /// - Parameters:
  ///   - count: How many files the directory claims.
  ///   - directorySize: How long the directory claims to be.
  ///   - directoryOffset: Where the directory claims to begin.
  ///   - locator: What stands between the directory and its end record.
  static func zip(
    _ parts: [Part], count: UInt16? = nil, directorySize: UInt32? = nil, directoryOffset: UInt32? = nil,
    locator: [UInt8] = [], comment: [UInt8] = []
  ) -> [UInt8] {
    var body: [UInt8] = []
    var directory: [UInt8] = []
    for part in parts {
      let name = Array(part.name.utf8)
      let place = UInt32(body.count)
      let size = UInt32(part.bytes.count)
      let common = little(part.flags) + little(part.method) + [0, 0, 33, 0] + little(UInt32(0))
      body += little(UInt32(0x0403_4b50)) + little(UInt16(20)) + common + little(size) + little(size)
      body += little(UInt16(name.count)) + little(UInt16(0)) + name + part.bytes
      directory += little(UInt32(0x0201_4b50)) + little(UInt16(20)) + little(UInt16(20)) + common
      directory += little(part.claimedStored ?? size) + little(part.claimedSize ?? size)
      directory += little(UInt16(name.count)) + little(UInt16(part.extra.count)) + [UInt8](repeating: 0, count: 10)
      directory += little(part.claimedOffset ?? place) + name + part.extra
    }
    let number = little(count ?? UInt16(parts.count))
    return body + directory + locator + little(UInt32(0x0605_4b50)) + [0, 0, 0, 0] + number + number
      + little(directorySize ?? UInt32(directory.count)) + little(directoryOffset ?? UInt32(body.count))
      + little(UInt16(comment.count)) + comment
  }

  /// A file of the old format: the object's pickle, the keys, and the storages with their claimed numbers of elements.
  static func legacy(pickle: [UInt8], storages: [(key: String, count: Int64, bytes: [UInt8])]) -> [UInt8] {
    let magic: [UInt8] = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
    let version: [UInt8] = [0x80, 2, 0x4d, 0xe9, 3, 0x2e]
    let system = [0x80, 2] + Array("}(".utf8) + PickleText.text("little_endian") + [0x88] + Array("u.".utf8)
    let keys = [0x80, 2] + Array("](".utf8) + storages.flatMap { PickleText.text($0.key) } + Array("e.".utf8)
    return magic + version + system + pickle + keys + storages.flatMap { little($0.count) + $0.bytes }
  }

  static func little(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}

/// Pieces of pickles.
enum PickleText {
  static func text(_ text: String) -> [UInt8] {
    [0x58] + TorchBytes.little(UInt32(text.utf8.count)) + Array(text.utf8)
  }

  static func integer(_ number: Int32) -> [UInt8] { [0x4a] + TorchBytes.little(number) }

  /// A number of 8 bytes.
  static func long(_ number: Int) -> [UInt8] { [0x8a, 8] + TorchBytes.little(Int64(number)) }

  static func tuple(_ items: [[UInt8]]) -> [UInt8] { [0x28] + items.joined() + [0x74] }

  static func numbers(_ numbers: [Int]) -> [UInt8] { tuple(numbers.map(long)) }

  static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

  static func storage(_ key: String = "0", type: String = "FloatStorage", count: Int = 2) -> [UInt8] {
    tuple([text("storage"), global("torch", type), text(key), text("cpu"), long(count)]) + Array("Q".utf8)
  }

  /// A tensor over a storage, two floats unless said otherwise.
  static func tensor(
    _ storage: [UInt8] = storage(), offset: Int = 0, shape: [Int] = [2], strides: [Int] = [1]
  ) -> [UInt8] {
    global("torch._utils", "_rebuild_tensor_v2")
      + tuple([storage, long(offset), numbers(shape), numbers(strides), [0x89], [0x7d]]) + Array("R".utf8)
  }

  /// A pickle of one entry `w`.
  static func saving(_ value: [UInt8]) -> [UInt8] {
    [0x80, 2] + Array("}(".utf8) + text("w") + value + Array("u.".utf8)
  }
}
