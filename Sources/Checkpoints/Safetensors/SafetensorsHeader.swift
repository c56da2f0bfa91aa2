/// The table of contents of a safetensors file, checked against the file's length.
///
/// A file is a 64-bit little-endian length N, N bytes of JSON, and the elements of all tensors without gap or overlap.
struct SafetensorsHeader {
  /// One tensor's line in the table.
  struct Entry {
    let type: SafetensorsType
    let shape: [Int]
    /// Bytes counted from the beginning of the file.
    let range: Range<Int>
  }

  /// Tensors by name.
  private(set) var entries: [String: Entry] = [:]
  /// Free text of whoever wrote the file.
  private(set) var metadata: [String: String] = [:]

  /// The format's own bound on N, so that a lying length cannot make a reader work for hours.
  static let greatestLength = 100_000_000

  /// Reads and checks the header.
  /// - Parameter file: All bytes of the file.
  /// - Throws: `CheckpointFlaw` naming the first tensor that is wrong.
  init(_ file: UnsafeRawBufferPointer) throws(CheckpointFlaw) {
    guard file.count >= 8 else {
      throw CheckpointFlaw(
        .truncated, "it is \(file.count) bytes long, too short for a safetensors file; \(CheckpointFlaw.cutShort)")
    }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length <= Self.greatestLength else {
      throw CheckpointFlaw(
        .malformed, "it is not a safetensors file: its header would be \(length) bytes long, over the limit of 100 MB")
    }
    let dataStart = 8 + Int(length)
    guard dataStart <= file.count else {
      throw CheckpointFlaw(
        .truncated, "its header claims bytes 8..<\(dataStart) of a \(file.count)-byte file; \(CheckpointFlaw.cutShort)")
    }
    try parse(UnsafeRawBufferPointer(rebasing: file[8..<dataStart]), dataStart: dataStart)
    try checkLayout(dataStart: dataStart, fileSize: file.count)
  }

  private mutating func parse(_ text: UnsafeRawBufferPointer, dataStart: Int) throws(CheckpointFlaw) {
    guard text.first == UInt8(ascii: "{") else {
      throw CheckpointFlaw(.malformed, "it is not a safetensors file: its header does not begin with '{'")
    }
    var scanner = JsonScanner(text)
    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]
    try scanner.members { (scanner, name) throws(CheckpointFlaw) in
      if name == "__metadata__" {
        try scanner.members { (scanner, key) throws(CheckpointFlaw) in
          guard scanner.isNext("\"") else { throw scanner.flaw("a metadata value that is not a string") }
          metadata[key] = try scanner.string()
        }
      } else {
        entries[name] = try Self.entry(&scanner, name: name, dataStart: dataStart)
      }
    }
    try scanner.end()
    self.entries = entries
    self.metadata = metadata
  }

  private static func entry(
    _ scanner: inout JsonScanner, name: String, dataStart: Int
  ) throws(CheckpointFlaw) -> Entry {
    var type: SafetensorsType?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.members { (scanner, field) throws(CheckpointFlaw) in
      switch field {
      case "dtype":
        let word = try scanner.string()
        guard let known = SafetensorsType(rawValue: word) else {
          throw CheckpointFlaw(.unsupported, "tensor \(name.quoted) has the unknown type \(word.quoted)")
        }
        type = known
      case "shape": shape = try sizes(&scanner, what: "a size of tensor \(name.quoted)")
      case "data_offsets": offsets = try sizes(&scanner, what: "an offset of tensor \(name.quoted)")
      default: throw CheckpointFlaw(.malformed, "tensor \(name.quoted) has the unknown field \(field.quoted)")
      }
    }
    func wrong(_ message: String) -> CheckpointFlaw { CheckpointFlaw(.malformed, "tensor \(name.quoted) \(message)") }
    guard let type, let shape, let offsets else { throw wrong("lacks its dtype, shape or data_offsets") }
    guard offsets.count == 2 else { throw wrong("has \(offsets.count) data_offsets instead of 2") }
    guard offsets[0] <= offsets[1] else { throw wrong("ends before it begins: data_offsets \(offsets)") }
    let (end, overflow) = offsets[1].addingReportingOverflow(dataStart)
    guard !overflow else { throw wrong("has data_offsets \(offsets), beyond any file") }
    guard let needed = byteCount(type, shape) else {
      throw wrong("of type \(type.rawValue) and shape \(shape) has no whole number of bytes that 64 bits can count")
    }
    guard needed == offsets[1] - offsets[0] else {
      throw wrong(
        "of type \(type.rawValue) and shape \(shape) needs \(needed) bytes but claims \(offsets[1] - offsets[0])")
    }
    return Entry(type: type, shape: shape, range: offsets[0] + dataStart..<end)
  }

  private static func sizes(_ scanner: inout JsonScanner, what: @autoclosure () -> String) throws(CheckpointFlaw)
    -> [Int]
  {
    var sizes: [Int] = []
    try scanner.elements { (scanner) throws(CheckpointFlaw) in sizes.append(try scanner.size(what())) }
    return sizes
  }

  /// Bytes of a tensor; nil when they are no whole number or more than 63 bits can count.
  private static func byteCount(_ type: SafetensorsType, _ shape: [Int]) -> Int? {
    var bits = type.bitCount
    for size in shape {
      let (product, overflow) = bits.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      bits = product
    }
    return bits.isMultiple(of: 8) ? bits / 8 : nil
  }

  /// Checks that the tensors fill the file after the header exactly.
  private func checkLayout(dataStart: Int, fileSize: Int) throws(CheckpointFlaw) {
    let ordered = entries.sorted { a, b in
      (a.value.range.lowerBound, a.value.range.upperBound, a.key) < (
        b.value.range.lowerBound, b.value.range.upperBound, b.key
      )
    }
    if let beyond = ordered.first(where: { $0.value.range.upperBound > fileSize }) {
      throw CheckpointFlaw(
        .truncated,
        "tensor \(beyond.key.quoted) claims bytes \(beyond.value.range) of a \(fileSize)-byte file; "
          + CheckpointFlaw.cutShort
      )
    }
    var expected = dataStart
    for (name, entry) in ordered {
      let gap = entry.range.lowerBound - expected
      guard gap >= 0 else {
        throw CheckpointFlaw(.malformed, "tensor \(name.quoted) overlaps the one before it by \(-gap) bytes")
      }
      guard gap == 0 else {
        throw CheckpointFlaw(.malformed, "\(gap) bytes before tensor \(name.quoted) belong to no tensor")
      }
      expected = entry.range.upperBound
    }
    guard expected == fileSize else {
      throw CheckpointFlaw(.malformed, "\(fileSize - expected) bytes after the last tensor belong to no tensor")
    }
  }
}
