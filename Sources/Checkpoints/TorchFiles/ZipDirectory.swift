/// The directory of a zip archive, checked against the archive's length: where each of its files lies.
///
/// PyTorch's archives hold files as they are (method 0, "stored"), aligned to 64 bytes, so that they can be used where they
/// lie. Sources: PKWARE's APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.14 to 4.3.16.
struct ZipDirectory {
  /// One file of the archive.
  struct Entry {
    /// Its bytes, counted from the beginning of the archive.
    let range: Range<Int>
    /// How it is compressed; 0 is not at all.
    let method: UInt16
  }

  /// The files by name.
  private(set) var entries: [String: Entry] = [:]

  /// Archives of checkpoints have a few thousand files.
  private static let greatestCount = 1_000_000

  private let archive: UnsafeRawBufferPointer

  /// Reads and checks the directory.
  /// - Parameter archive: All bytes of the archive; they are not kept beyond this call.
  /// - Throws: `CheckpointFlaw` naming the first file that is wrong.
  init(_ archive: UnsafeRawBufferPointer) throws(CheckpointFlaw) {
    self.archive = archive
    let (count, range) = try locate()
    var position = range.lowerBound
    for _ in 0..<count {
      guard position <= range.upperBound - 46, number(position, UInt32.self) == 0x0201_4b50 else {
        throw Self.broken("its directory has fewer than the \(count) entries that it claims")
      }
      position = try readEntry(position, end: range.upperBound, dataEnd: range.lowerBound)
    }
    try checkOverlaps()
  }

  private static func broken(_ message: String) -> CheckpointFlaw {
    CheckpointFlaw(.malformed, "it is a broken zip archive: \(message); download it again")
  }

  /// A little-endian number at a place that is known to lie in the archive.
  private func number<Number: FixedWidthInteger>(_ position: Int, _ type: Number.Type) -> Number {
    Number(littleEndian: archive.loadUnaligned(fromByteOffset: position, as: Number.self))
  }

  /// Finds the directory by the record at the end of the archive.
  private func locate() throws(CheckpointFlaw) -> (count: Int, range: Range<Int>) {
    // The record has 22 bytes and a comment of at most 65,535.
    let first = max(0, archive.count - 22 - 65_535)
    let end = stride(from: archive.count - 22, through: first, by: -1).first { position in
      number(position, UInt32.self) == 0x0605_4b50
        && position + 22 + Int(number(position + 20, UInt16.self)) == archive.count
    }
    guard let end else {
      throw CheckpointFlaw(
        .truncated,
        "it ends at byte \(archive.count) without the directory that stands at the end of such a file; "
          + CheckpointFlaw.fetchAgain)
    }
    var count = Int(number(end + 10, UInt16.self))
    var size = UInt64(number(end + 12, UInt32.self))
    var offset = UInt64(number(end + 16, UInt32.self))
    var limit = end
    // The record of zip64, where it is there, is the true one; its locator stands right before the plain record.
    if end >= 20, number(end - 20, UInt32.self) == 0x0706_4b50 {
      let place = number(end - 12, UInt64.self)
      guard end >= 76, let start = Int(exactly: place), start <= end - 76, number(start, UInt32.self) == 0x0606_4b50
      else {
        throw Self.broken("the record of its directory would stand at byte \(place) of \(archive.count)")
      }
      let total = number(start + 32, UInt64.self)
      guard total <= Self.greatestCount else { throw Self.broken("its directory claims \(total) entries") }
      count = Int(total)
      size = number(start + 40, UInt64.self)
      offset = number(start + 48, UInt64.self)
      limit = start
    }
    guard size <= limit, offset <= UInt64(limit) - size else {
      throw CheckpointFlaw(
        .truncated,
        "the file ends at byte \(archive.count), but its directory would be \(size) bytes from byte \(offset) on; "
          + CheckpointFlaw.fetchAgain)
    }
    return (count, Int(offset)..<Int(offset + size))
  }

  /// Reads one entry of the directory.
  /// - Returns: Where the next one begins.
  private mutating func readEntry(_ position: Int, end: Int, dataEnd: Int) throws(CheckpointFlaw) -> Int {
    let nameEnd = position + 46 + Int(number(position + 28, UInt16.self))
    let extraEnd = nameEnd + Int(number(position + 30, UInt16.self))
    let next = extraEnd + Int(number(position + 32, UInt16.self))
    guard next <= end else { throw Self.broken("its directory ends in the middle of an entry") }
    let name = String(decoding: archive[position + 46..<nameEnd], as: UTF8.self)
    let flags = number(position + 8, UInt16.self)
    guard flags & 1 == 0 else {
      throw CheckpointFlaw(.unsupported, "its part \(name.quoted) is encrypted; unpack it and save it anew")
    }
    var sizes = Zip64Sizes(
      size: number(position + 24, UInt32.self), stored: number(position + 20, UInt32.self),
      offset: number(position + 42, UInt32.self))
    sizes.read(UnsafeRawBufferPointer(rebasing: archive[nameEnd..<extraEnd]))
    let method = number(position + 10, UInt16.self)
    guard method != 0 || sizes.size == sizes.stored else {
      throw Self.broken("\(name.quoted) is not compressed, and yet of two sizes, \(sizes.size) and \(sizes.stored)")
    }
    let range = try place(of: name, sizes, dataEnd: dataEnd)
    guard entries.updateValue(Entry(range: range, method: method), forKey: name) == nil else {
      throw Self.broken("it holds \(name.quoted) twice")
    }
    return next
  }

  /// Where a file's bytes lie: behind its local header, whose extra field has a length of its own (PyTorch aligns with it).
  private func place(of name: String, _ sizes: Zip64Sizes, dataEnd: Int) throws(CheckpointFlaw) -> Range<Int> {
    guard dataEnd >= 30, sizes.offset <= UInt64(dataEnd - 30) else {
      throw Self.broken("\(name.quoted) would begin at byte \(sizes.offset) of \(archive.count)")
    }
    let header = Int(sizes.offset)
    guard number(header, UInt32.self) == 0x0403_4b50 else {
      throw Self.broken("there is no \(name.quoted) at byte \(header), where its directory has it")
    }
    let start = header + 30 + Int(number(header + 26, UInt16.self)) + Int(number(header + 28, UInt16.self))
    guard start <= dataEnd, sizes.stored <= UInt64(dataEnd - start) else {
      throw Self.broken(
        "\(name.quoted) would have \(sizes.stored) bytes from byte \(start) on, where only \(max(0, dataEnd - start)) are"
      )
    }
    return start..<start + Int(sizes.stored)
  }

  /// Files that share bytes would let a small archive claim any amount of tensors.
  private func checkOverlaps() throws(CheckpointFlaw) {
    var last: (name: String, end: Int) = ("", 0)
    for (name, entry) in entries.sorted(by: {
      ($0.value.range.lowerBound, $0.key) < ($1.value.range.lowerBound, $1.key)
    })
    where !entry.range.isEmpty {
      guard entry.range.lowerBound >= last.end else {
        throw Self.broken("\(name.quoted) overlaps \(last.name.quoted)")
      }
      last = (name, entry.range.upperBound)
    }
  }
}

/// The three numbers of an entry that may stand in its zip64 field instead (APPNOTE 4.5.3).
private struct Zip64Sizes {
  var size: UInt64
  var stored: UInt64
  var offset: UInt64

  init(size: UInt32, stored: UInt32, offset: UInt32) {
    self.size = UInt64(size)
    self.stored = UInt64(stored)
    self.offset = UInt64(offset)
  }

  /// Reads the extra fields of a directory entry. A number that should be there and is not stays at 2³²-1.
  mutating func read(_ extra: UnsafeRawBufferPointer) {
    var rest = extra[...]
    while rest.count >= 4 {
      let kind = UInt16(littleEndian: extra.loadUnaligned(fromByteOffset: rest.startIndex, as: UInt16.self))
      let count = UInt16(littleEndian: extra.loadUnaligned(fromByteOffset: rest.startIndex + 2, as: UInt16.self))
      rest = rest.dropFirst(4)
      var field = rest.prefix(Int(count))
      rest = rest.dropFirst(Int(count))
      guard kind == 1 else { continue }
      for path in [\Zip64Sizes.size, \.stored, \.offset] where self[keyPath: path] == UInt32.max {
        guard field.count >= 8 else { return }
        self[keyPath: path] = UInt64(
          littleEndian: extra.loadUnaligned(fromByteOffset: field.startIndex, as: UInt64.self))
        field = field.dropFirst(8)
      }
      return
    }
  }
}
