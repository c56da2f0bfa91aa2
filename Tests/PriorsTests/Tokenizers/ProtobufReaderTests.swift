import Testing

@testable import Priors

struct ProtobufReaderTests {
  private func read(_ bytes: [UInt8]) throws -> [String] {
    var reader = ProtobufReader(bytes[...])
    var found: [String] = []
    while let field = try reader.next() {
      switch field.value {
      case .varint(let value): found.append("\(field.number) varint \(value)")
      case .fixed32(let value): found.append("\(field.number) fixed32 \(value)")
      case .fixed64(let value): found.append("\(field.number) fixed64 \(value)")
      case .bytes(let value): found.append("\(field.number) bytes \(Array(value))")
      }
    }
    return found
  }

  @Test func readsEveryKindOfValue() throws {
    #expect(try read([]) == [])
    // 150 is the example of the format's own documentation.
    #expect(try read([0x08, 0x96, 0x01]) == ["1 varint 150"])
    #expect(
      try read([0x80, 0x01, 0x05, 0x15, 1, 2, 3, 4, 0x19, 1, 0, 0, 0, 0, 0, 0, 0x80, 0x22, 2, 7, 8, 0x22, 0]) == [
        "16 varint 5", "2 fixed32 67305985", "3 fixed64 9223372036854775809", "4 bytes [7, 8]", "4 bytes []",
      ])
    #expect(
      try read([0x08] + Array(repeating: 0xff, count: 9) + [0x01]) == ["1 varint 18446744073709551615"])
  }

  @Test(
    arguments: [
      ([0x08], "it ends in the middle of a field, at byte 1"), ([0x08, 0x80], "ends in the middle of a field"),
      ([0x0a, 3, 1, 2], "ends in the middle of a field"), ([0x0d, 1, 2, 3], "ends in the middle of a field"),
      ([0x09, 1, 2, 3, 4, 5, 6, 7], "ends in the middle of a field"),
      ([0x0a] + Array(repeating: 0xff, count: 9) + [0x01, 5], "ends in the middle of a field"),
      ([0x08, 1, 0x00, 1], "the field at byte 2 has the number 0"), ([0x0b], "the field at byte 0 has the wire type 3"),
      ([0x0e], "has the wire type 6"), ([0x08] + Array(repeating: 0x80, count: 12), "at byte 1 has more than 64 bits"),
      ([0x08] + Array(repeating: 0xff, count: 9) + [0x02], "at byte 1 has more than 64 bits"),
      (Array(repeating: 0xff, count: 9) + [0x01, 0], "has the number 2305843009213693951"),
    ] as [([UInt8], String)])
  func refusesDamage(bytes: [UInt8], words: String) {
    let flaw = #expect(throws: ProtobufReader.Flaw.self) { try read(bytes) }
    #expect(flaw?.reason.contains(words) == true, "\(String(describing: flaw))")
  }
}
