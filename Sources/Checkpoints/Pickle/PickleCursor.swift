/// A place in a pickle, moved on by reading; every step is checked against the end.
struct PickleCursor {
  /// The next byte, counted from the beginning of the file.
  private(set) var position: Int
  /// The end of the part of the file that may be read.
  let end: Int
  private let file: UnsafeRawBufferPointer

  /// Reads part of a file.
  /// - Parameters:
  ///   - file: All bytes of the file.
  ///   - range: Where the pickle may stand; it must lie in the file.
  init(_ file: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.file = file
    position = max(range.lowerBound, 0)
    end = min(range.upperBound, file.count)
  }

  /// Where the next `count` bytes stand.
  mutating func skip(_ count: Int) throws(CheckpointFlaw) -> Range<Int> {
    guard count >= 0, count <= end - position else {
      throw CheckpointFlaw(
        .truncated,
        "its pickle ends at byte \(end), in the middle of something that begins at byte \(position); "
          + CheckpointFlaw.fetchAgain)
    }
    position += count
    return position - count..<position
  }

  mutating func byte() throws(CheckpointFlaw) -> UInt8 { file[try skip(1).lowerBound] }

  /// A little-endian number of some bytes.
  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(CheckpointFlaw) -> Number {
    let range = try skip(MemoryLayout<Number>.size)
    return Number(littleEndian: file.loadUnaligned(fromByteOffset: range.lowerBound, as: Number.self))
  }

  /// A big-endian double.
  mutating func double() throws(CheckpointFlaw) -> Double {
    let range = try skip(8)
    return Double(bitPattern: UInt64(bigEndian: file.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self)))
  }

  /// A length of eight bytes.
  mutating func length() throws(CheckpointFlaw) -> Int {
    let length = try number(UInt64.self)
    guard let length = Int(exactly: length) else { throw flaw("a length of \(length) bytes") }
    return length
  }

  /// The bytes up to the end of the line, which is read too.
  mutating func line() throws(CheckpointFlaw) -> Range<Int> {
    guard let newline = file[position..<end].firstIndex(of: UInt8(ascii: "\n")) else {
      throw CheckpointFlaw(
        .truncated, "its pickle ends at byte \(end) in the middle of a line; \(CheckpointFlaw.fetchAgain)")
    }
    let start = position
    position = newline + 1
    return start..<newline
  }

  /// The bytes at a place that was read.
  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file[range]) }

  /// Text of some bytes; what is no UTF-8 (Python allows lone surrogates) is replaced.
  func text(_ range: Range<Int>) -> String { String(decoding: file[range], as: UTF8.self) }

  func flaw(_ what: String) -> CheckpointFlaw {
    CheckpointFlaw(.malformed, "its pickle is broken: \(what) before byte \(position)")
  }
}
