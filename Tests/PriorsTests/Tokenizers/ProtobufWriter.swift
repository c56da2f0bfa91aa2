/// Makes messages in Protocol Buffers' wire format.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  mutating func varint(_ field: Int, _ value: UInt64) {
    append(UInt64(field) << 3)
    append(value)
  }

  mutating func float(_ field: Int, _ value: Float) {
    append(UInt64(field) << 3 | 5)
    for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(value.bitPattern >> shift & 0xff)) }
  }

  mutating func bytes(_ field: Int, _ value: some Collection<UInt8>) {
    append(UInt64(field) << 3 | 2)
    append(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
