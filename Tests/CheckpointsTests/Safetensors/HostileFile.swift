import Checkpoints
import Testing

/// A file that must be refused, and with which words.
struct HostileFile: Sendable, CustomTestStringConvertible {
  let id: String
  let bytes: [UInt8]
  let code: CheckpointError.Code
  let words: String

  var testDescription: String { id }

  init(_ id: String, _ bytes: [UInt8], _ code: CheckpointError.Code, _ words: String) {
    self.id = id
    self.bytes = bytes
    self.code = code
    self.words = words
  }

  init(_ id: String, _ header: String, buffer: Int = 8, _ words: String) {
    self.init(id, SafetensorsBytes.file(header, buffer: buffer), .malformed, words)
  }

  static let all = lengths + texts + duplicates + numbers + layouts + types + fields + metadata

  private static let sound = "{" + SafetensorsBytes.line("x", "F32", "[2]", "[0,8]") + "}"

  private static let lengths: [HostileFile] = [
    HostileFile("empty", [], .truncated, "it is 0 bytes long, too short for a safetensors file"),
    HostileFile("seven bytes", [1, 0, 0, 0, 0, 0, 0], .truncated, "it is 7 bytes long"),
    HostileFile("no header", SafetensorsBytes.file(""), .malformed, "does not begin with '{'"),
    HostileFile(
      "header longer than the file", SafetensorsBytes.file(sound, buffer: 8, length: 1000), .truncated,
      "its header claims bytes 8..<1008 of a "),
    HostileFile(
      "header over the limit", SafetensorsBytes.file(sound, length: 100_000_001), .malformed,
      "its header would be 100000001 bytes long, over the limit of 100 MB"),
    HostileFile(
      "header at the limit", SafetensorsBytes.file(sound, length: 100_000_000), .truncated, "claims bytes 8..<100000008"
    ),
    HostileFile(
      "header of 2⁶⁴-1 bytes", SafetensorsBytes.file(sound, length: .max), .malformed,
      "its header would be 18446744073709551615 bytes long"),
    HostileFile(
      "header of 2⁶³ bytes", SafetensorsBytes.file(sound, length: 1 << 63), .malformed, "it is not a safetensors file"),
    HostileFile(
      "header length cuts the text", SafetensorsBytes.file(sound, buffer: 8, length: UInt64(sound.utf8.count) - 1),
      .malformed, "its JSON text is broken: the text ends where '}' should stand"),
    HostileFile("a zip file", [0x50, 0x4b, 3, 4] + Array(repeating: 0x20, count: 60), .malformed, "not a safetensors"),
    HostileFile(
      "a web page", Array("<!DOCTYPE html><title>404</title>".utf8), .malformed, "it is not a safetensors file"),
    HostileFile(
      "a Git LFS pointer", Array("version https://git-lfs.github.com/spec/v1".utf8), .malformed,
      "it is not a safetensors file"),
  ]

  private static let texts: [HostileFile] = [
    HostileFile("array", "[]", "does not begin with '{'"),
    HostileFile("null", "null", "does not begin with '{'"),
    HostileFile("leading space", " {}", buffer: 0, "does not begin with '{'"),
    HostileFile("byte order mark", "\u{feff}{}", buffer: 0, "does not begin with '{'"),
    HostileFile("not JSON", "{x}", #"no '"' at byte 1"#),
    HostileFile("no end", #"{"x":"#, "the text ends where '{' should stand at byte 5"),
    HostileFile("string without end", #"{"x"#, "a string without end"),
    HostileFile("text after the end", "{}{}", buffer: 0, "text after the closing brace at byte 2"),
    HostileFile("zero bytes after the end", "{}\0\0", buffer: 0, "text after the closing brace"),
    HostileFile("trailing comma", "{" + SafetensorsBytes.line("x", "F32", "[2]", "[0,8]") + ",}", #"no '"'"#),
    HostileFile(
      "not UTF-8",
      SafetensorsBytes.file([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x7b, 0x7d, 0x7d]), .malformed,
      "a string that is not UTF-8"),
    HostileFile(
      "overlong UTF-8", SafetensorsBytes.file([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x7b, 0x7d, 0x7d]), .malformed,
      "a string that is not UTF-8"),
    HostileFile(
      "surrogate in UTF-8", SafetensorsBytes.file([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x7b, 0x7d, 0x7d]),
      .malformed, "a string that is not UTF-8"),
    HostileFile("half a surrogate pair", #"{"\ud800":{}}"#, "half a surrogate pair"),
    HostileFile("surrogates in the wrong order", #"{"\udc00\ud800":{}}"#, "half a surrogate pair"),
    HostileFile("surrogate before a letter", #"{"\ud800\u0041":{}}"#, "half a surrogate pair"),
    HostileFile("short escape", #"{"\u12":{}}"#, "without four hexadecimal digits"),
    HostileFile("unknown escape", #"{"\x41":{}}"#, "an unknown escape"),
    HostileFile("bare control character", "{\"a\nb\":{}}", "a bare control character"),
  ]

  private static let duplicates: [HostileFile] = [
    HostileFile(
      "one tensor twice",
      "{" + SafetensorsBytes.line("x", "F32", "[1]", "[0,4]") + "," + SafetensorsBytes.line("x", "F32", "[1]", "[4,8]")
        + "}", "the key 'x' occurs twice"),
    HostileFile(
      "one tensor twice, once escaped",
      "{" + SafetensorsBytes.line("a", "F32", "[1]", "[0,4]") + ","
        + SafetensorsBytes.line(#"\u0061"#, "F32", "[1]", "[4,8]") + "}", "the key 'a' occurs twice"),
    HostileFile(
      "one field twice", #"{"x":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
      "the key 'dtype' occurs twice"),
    HostileFile(
      "one remark twice", #"{"__metadata__":{"a":"1","a":"2"}}"#, buffer: 0, "the key 'a' occurs twice"),
    HostileFile(
      "metadata twice", #"{"__metadata__":{},"__metadata__":{}}"#, buffer: 0, "the key '__metadata__' occurs twice"),
  ]

  private static let numbers: [HostileFile] = [
    HostileFile("negative offset", line("[2]", "[-8,0]"), "a negative number as an offset of tensor 'x'"),
    HostileFile("negative size", line("[-2]", "[0,8]"), "a negative number as a size of tensor 'x'"),
    HostileFile("negative zero", line("[2]", "[-0,8]"), "a negative number"),
    HostileFile("fraction", line("[2]", "[0,8.5]"), "a number that is not whole as an offset of tensor 'x'"),
    HostileFile("exponent", line("[2e0]", "[0,8]"), "a number that is not whole as a size of tensor 'x'"),
    HostileFile("leading zero", line("[02]", "[0,8]"), "a leading zero in a size of tensor 'x'"),
    HostileFile("plus sign", line("[+2]", "[0,8]"), "no whole number as a size of tensor 'x'"),
    HostileFile("no number", line("[2]", "[0,null]"), "no whole number as an offset of tensor 'x'"),
    HostileFile("text as number", line(#"["2"]"#, "[0,8]"), "no whole number as a size of tensor 'x'"),
    HostileFile("array as number", line("[[2]]", "[0,8]"), "no whole number as a size"),
    HostileFile("number for the shape", line("2", "[0,8]"), "no '['"),
    HostileFile("2⁶³ as offset", line("[2]", "[0,9223372036854775808]"), "a number beyond 64 bits as an offset"),
    HostileFile("2⁶⁴ as size", line("[18446744073709551616]", "[0,8]"), "a number beyond 64 bits as a size"),
    HostileFile(
      "a hundred digits", line("[\(String(repeating: "9", count: 100))]", "[0,8]"), "a number beyond 64 bits as a size"),
    HostileFile(
      "offsets that overflow with the header", line("[8]", "[9223372036854775799,9223372036854775807]", type: "U8"),
      "has data_offsets [9223372036854775799, 9223372036854775807], beyond any file"),
    HostileFile(
      "sizes that overflow", line("[4294967296,4294967296]", "[0,0]"),
      "of type F32 and shape [4294967296, 4294967296] has no whole number of bytes"),
    HostileFile(
      "sizes that overflow before a zero", line("[9223372036854775807,9223372036854775807,0]", "[0,0]"),
      "has no whole number of bytes"),
    HostileFile(
      "sizes that overflow in bytes alone", line("[2305843009213693953]", "[0,8]"), "has no whole number of bytes"),
  ]

  private static let layouts: [HostileFile] = [
    HostileFile("ends before it begins", line("[2]", "[8,0]"), "tensor 'x' ends before it begins: data_offsets [8, 0]"),
    HostileFile(
      "more bytes than the shape", line("[1]", "[0,8]"),
      "tensor 'x' of type F32 and shape [1] needs 4 bytes but claims 8"),
    HostileFile("fewer bytes than the shape", line("[3]", "[0,8]"), "needs 12 bytes but claims 8"),
    HostileFile("no bytes for a scalar", line("[]", "[0,0]"), "of type F32 and shape [] needs 4 bytes but claims 0"),
    HostileFile("bytes for an empty tensor", line("[0,4]", "[0,8]"), "needs 0 bytes but claims 8"),
    HostileFile("half a byte", line("[3]", "[0,2]", type: "F4"), "has no whole number of bytes"),
    HostileFile(
      "one beyond the end", SafetensorsBytes.one("F32", "[4]", "[0,16]"), .truncated,
      "tensor 'x' claims bytes 63..<79 of a 71-byte file; the download is probably cut short, run `burnish models verify`"
    ),
    HostileFile(
      "overlap", two("[0,4]", "[2,6]", buffer: 6), .malformed, "tensor 'b' overlaps the one before it by 2 bytes"),
    HostileFile("the same bytes twice", two("[0,4]", "[0,4]", buffer: 4), .malformed, "overlaps the one before it"),
    HostileFile(
      "hole", two("[0,4]", "[8,12]", buffer: 12), .malformed, "4 bytes before tensor 'b' belong to no tensor"),
    HostileFile("hole at the start", two("[8,12]", "[4,8]", buffer: 12), .malformed, "4 bytes before tensor 'b'"),
    HostileFile("bytes after the last", two("[0,4]", "[4,8]", buffer: 11), .malformed, "3 bytes after the last tensor"),
    HostileFile("bytes of no tensor at all", "{}", buffer: 5, "5 bytes after the last tensor belong to no tensor"),
    HostileFile(
      "an empty tensor inside another", two("[0,4]", "[2,2]", sizes: ("[1]", "[0]"), buffer: 4), .malformed,
      "tensor 'b' overlaps the one before it by 2 bytes"),
  ]

  private static let types: [HostileFile] = [
    HostileFile(
      "unknown type", SafetensorsBytes.one("F31", "[2]", "[0,8]"), .unsupported,
      "tensor 'x' has the unknown type 'F31'"),
    HostileFile("type in small letters", SafetensorsBytes.one("f32", "[2]", "[0,8]"), .unsupported, "type 'f32'"),
    HostileFile("type as number", #"{"x":{"dtype":32,"shape":[2],"data_offsets":[0,8]}}"#, #"no '"'"#),
    HostileFile("type as null", #"{"x":{"dtype":null,"shape":[2],"data_offsets":[0,8]}}"#, #"no '"'"#),
  ]

  private static let fields: [HostileFile] = [
    HostileFile("no fields", #"{"x":{}}"#, "tensor 'x' lacks its dtype, shape or data_offsets"),
    HostileFile("no offsets", #"{"x":{"dtype":"F32","shape":[2]}}"#, "tensor 'x' lacks"),
    HostileFile("one offset", line("[2]", "[8]"), "tensor 'x' has 1 data_offsets instead of 2"),
    HostileFile("three offsets", line("[2]", "[0,4,8]"), "tensor 'x' has 3 data_offsets instead of 2"),
    HostileFile("null for a tensor", #"{"x":null}"#, "no '{'"),
    HostileFile("number for a tensor", #"{"x":8}"#, "no '{'"),
    HostileFile(
      "unknown field", #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"strides":[1]}}"#,
      "tensor 'x' has the unknown field 'strides'"),
    HostileFile(
      "deep junk", #"{"x":{"junk":\#(String(repeating: "[", count: 100_000))}}"#, "has the unknown field 'junk'"),
    HostileFile("deep tensors", #"{"x":\#(String(repeating: #"{"x":"#, count: 100_000))"#, "unknown field 'x'"),
    HostileFile("deep shape", line(String(repeating: "[", count: 100_000), "[0,8]"), "no whole number as a size"),
  ]

  private static let metadata: [HostileFile] = [
    HostileFile("metadata as text", #"{"__metadata__":"pt"}"#, buffer: 0, "no '{'"),
    HostileFile("metadata as null", #"{"__metadata__":null}"#, buffer: 0, "no '{'"),
    HostileFile("number in metadata", #"{"__metadata__":{"a":1}}"#, buffer: 0, "a metadata value that is not a string"),
    HostileFile(
      "object in metadata", #"{"__metadata__":{"a":{}}}"#, buffer: 0, "a metadata value that is not a string"),
    HostileFile(
      "a long name in a message", "{\"\(String(repeating: "n", count: 5000))\":{}}", "nnnn…' lacks its dtype"),
    HostileFile("a name that would clear the screen", #"{"\u001b[2J":{}}"#, #"tensor '\u{1b}[2J' lacks"#),
  ]

  private static func line(_ shape: String, _ offsets: String, type: String = "F32") -> String {
    "{" + SafetensorsBytes.line("x", type, shape, offsets) + "}"
  }

  private static func two(
    _ first: String, _ second: String, sizes: (String, String) = ("[1]", "[1]"), buffer: Int
  ) -> [UInt8] {
    SafetensorsBytes.file(
      "{" + SafetensorsBytes.line("a", "F32", sizes.0, first) + "," + SafetensorsBytes.line("b", "F32", sizes.1, second)
        + "}", buffer: buffer)
  }
}
