/// Reads the fields of a message in Protocol Buffers' wire format, one after the other, without knowing its schema.
struct ProtobufReader {
  /// A field of a message.
  struct Field {
    let number: UInt64
    let value: Value
  }

  /// What the wire tells of a value.
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    /// Text, bytes or a message.
    case bytes(ArraySlice<UInt8>)
  }

  /// Why bytes are no message.
  struct Flaw: Error {
    let reason: String
  }

  private var rest: ArraySlice<UInt8>

  init(_ message: ArraySlice<UInt8>) { rest = message }

  /// The next field; nil at the end of the message.
  mutating func next() throws(Flaw) -> Field? {
    if rest.isEmpty { return nil }
    let position = rest.startIndex
    let key = try varint()
    guard key >> 3 > 0, key >> 3 < 1 << 29 else {
      throw Flaw(reason: "the field at byte \(position) has the number \(key >> 3)")
    }
    let value: Value
    switch key & 7 {
    case 0: value = .varint(try varint())
    case 1: value = .fixed64(try integer(8))
    case 2: value = .bytes(try take(try varint()))
    case 5: value = .fixed32(UInt32(truncatingIfNeeded: try integer(4)))
    default: throw Flaw(reason: "the field at byte \(position) has the wire type \(key & 7)")
    }
    return Field(number: key >> 3, value: value)
  }

  private mutating func varint() throws(Flaw) -> UInt64 {
    let position = rest.startIndex
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard let byte = rest.popFirst() else { throw cut() }
      // The tenth byte has room for one bit.
      guard shift < 63 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7f) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw Flaw(reason: "the number at byte \(position) has more than 64 bits")
  }

  private mutating func integer(_ count: UInt64) throws(Flaw) -> UInt64 {
    try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func take(_ count: UInt64) throws(Flaw) -> ArraySlice<UInt8> {
    guard count <= UInt64(rest.count) else { throw cut() }
    let taken = rest.prefix(Int(count))
    rest = rest.dropFirst(Int(count))
    return taken
  }

  private func cut() -> Flaw { Flaw(reason: "it ends in the middle of a field, at byte \(rest.endIndex)") }
}
