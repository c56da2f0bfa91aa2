import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

@Suite struct SafetensorsFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ bytes: [UInt8]) throws -> SafetensorsFile {
    try SafetensorsFile(path: folder.write(bytes, to: "\(UUID().uuidString).safetensors"))
  }

  @Test func tellsWhatItHolds() throws {
    let header =
      #"{"__metadata__":{"format":"pt","by":"hand"},"# + SafetensorsBytes.line("w", "BF16", "[1,3]", "[0,6]") + ","
      + SafetensorsBytes.line("n", "I64", "[]", "[6,14]") + "}   "
    let path = try folder.write(SafetensorsBytes.file(header, buffer: 14), to: "a.safetensors")
    let file = try SafetensorsFile(path: path)
    #expect(file.name == path)
    #expect(file.keys == ["w", "n"])
    #expect(file.metadata == ["format": "pt", "by": "hand"])
    #expect(file.shape(of: "w") == [1, 3])
    #expect(file.shape(of: "n") == [])
    #expect(file.typeName(of: "w") == "BF16")
    #expect(file.dtype(of: "w") == .bfloat16)
    #expect(file.shape(of: "x") == nil)
    #expect(file.typeName(of: "x") == nil)
    #expect(file.dtype(of: "x") == nil)
  }

  /// Little-endian bytes of 1 (true) in each type that Burnish computes with.
  @Test(
    arguments: [
      ("BOOL", [1], DType.bool), ("U8", [1], .uint8), ("I8", [1], .int8), ("I16", [1, 0], .int16),
      ("I32", [1, 0, 0, 0], .int32), ("I64", [1, 0, 0, 0, 0, 0, 0, 0], .int64), ("F16", [0, 0x3c], .float16),
      ("BF16", [0x80, 0x3f], .bfloat16), ("F32", [0, 0, 0x80, 0x3f], .float32),
      ("F64", [0, 0, 0, 0, 0, 0, 0xf0, 0x3f], .float64),
    ] as [(String, [UInt8], DType)])
  func readsEveryType(_ name: String, _ one: [UInt8], _ dtype: DType) throws {
    let header = "{" + SafetensorsBytes.line("x", name, "[2]", "[0,\(2 * one.count)]") + "}"
    let file = try open(SafetensorsBytes.file(Array(header.utf8), buffer: one + one))
    let tensor = try file.tensor("x")
    #expect(tensor.dtype == dtype)
    #expect(file.dtype(of: "x") == dtype)
    #expect(try tensor.doubles() == [1, 1])
  }

  @Test(arguments: ["F8_E4M3", "F8_E5M2", "F8_E8M0", "U16", "U32", "U64", "C64", "F4", "F6_E2M3", "F6_E3M2"])
  func typesWithoutArithmeticAreRefusedWhenAskedFor(_ type: String) throws {
    let bits = ["U16": 16, "U32": 32, "U64": 64, "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6][type] ?? 8
    let header =
      "{" + SafetensorsBytes.line("odd", type, "[4]", "[0,\(bits / 2)]") + ","
      + SafetensorsBytes.line("even", "U8", "[1]", "[\(bits / 2),\(bits / 2 + 1)]") + "}"
    let file = try open(SafetensorsBytes.file(header, buffer: bits / 2 + 1))
    #expect(file.typeName(of: "odd") == type)
    #expect(file.shape(of: "odd") == [4])
    #expect(file.dtype(of: "odd") == nil)
    #expect(try file.tensor("even").integers() == [bits / 2])
    let error = try #require(throws: CheckpointError.self) { try file.tensor("odd") }
    #expect(error.code == .unsupported)
    #expect(
      error.message == "Could not read tensor 'odd' of '\(file.name)': Burnish does not compute with its type \(type); "
        + "use a checkpoint in F32, F16 or BF16.")
  }

  @Test func aKeyThatIsNotThereIsNamed() throws {
    let file = try open(SafetensorsBytes.file("{}"))
    let error = try #require(throws: CheckpointError.self) { try file.tensor("conv.weight") }
    #expect(error.code == .mismatch)
    #expect(error.message.hasPrefix("Could not read tensor 'conv.weight' of '\(file.name)': the file has no tensor"))
  }

  @Test func soundButUnusualHeadersAreRead() throws {
    let header = """
      {\r\n\t"" : { "data_offsets" : [ 0 , 1 ] , "shape" : [ ] , "dtype" : "U8" },
      "\\u00e9\\ud83d\\ude00\\n\\"\\\\\\/\\b\\f\\r\\t" : {"dtype":"U8","shape":[2],"data_offsets":[1,3]},
      "none":{"dtype":"F64","shape":[0,9223372036854775807],"data_offsets":[3,3]}} \n
      """
    let file = try open(SafetensorsBytes.file(header, buffer: 3))
    #expect(file.keys == ["", "é😀\n\"\\/\u{8}\u{c}\r\t", "none"])
    #expect(try file.tensor("").item() == 0)
    #expect(try file.tensor("é😀\n\"\\/\u{8}\u{c}\r\t").integers() == [1, 2])
    #expect(file.shape(of: "none") == [0, .max])
    let empty = try open(SafetensorsBytes.file("{}"))
    #expect(empty.keys.isEmpty)
    #expect(empty.metadata.isEmpty)
  }

  @Test func emptyTensorsHaveTheirShape() throws {
    let file = try open(SafetensorsBytes.one("F32", "[3,0]", "[0,0]", buffer: 0))
    #expect(try file.tensor("x").shape == [3, 0])
    #expect(try file.tensor("x").floats() == [])
  }

  @Test func tensorsLieInTheMappedFile() throws {
    let path = folder.file("a.safetensors")
    try SafetensorsWriter.write(["x": Tensor.arange(0, 6).reshaped([2, 3])], to: path)
    let file = try SafetensorsFile(path: path)
    let tensor = try file.tensor("x")
    #expect(try tensor.sharesMemory(with: file.tensor("x")))
    #expect(try !tensor.sharesMemory(with: SafetensorsFile(path: path).tensor("x")))
    #expect(tensor.isContiguous)
  }

  @Test func misalignedTensorsAreCopied() throws {
    // The header's length puts the floats at an odd place.
    let header = "{" + SafetensorsBytes.line("x", "F32", "[2]", "[0,8]") + "}"
    for padding in 0..<8 {
      let text = Array((header + String(repeating: " ", count: padding)).utf8)
      let file = try open(SafetensorsBytes.file(text, buffer: [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0]))
      let tensor = try file.tensor("x")
      #expect(try tensor.floats() == [1.5, -2])
      #expect(try tensor.sharesMemory(with: file.tensor("x")) == (8 + text.count).isMultiple(of: 4))
    }
  }

  @Test func tensorsOutliveTheFileObjectAndTheFile() throws {
    let path = folder.file("a.safetensors")
    try SafetensorsWriter.write(["x": Tensor.arange(0, 100_000, dtype: .int64)], to: path)
    let tensor = try SafetensorsFile(path: path).tensor("x")
    try FileManager.default.removeItem(atPath: path)
    #expect(try tensor.sum().item() == 4_999_950_000)
  }

  @Test func changesStayInThisProcess() throws {
    let path = folder.file("a.safetensors")
    try SafetensorsWriter.write(["x": Tensor.ones([4])], to: path)
    let file = try SafetensorsFile(path: path)
    let tensor = try file.tensor("x")
    try tensor.multiply(inPlace: 7)
    #expect(try tensor.floats() == [7, 7, 7, 7])
    #expect(try SafetensorsFile(path: path).tensor("x").floats() == [1, 1, 1, 1])
  }

  /// 256 GiB of weights open without memory for them: nothing is read before it is touched.
  @Test func aFileLargerThanMemoryOpens() throws {
    let size = 1 << 38
    let header = SafetensorsBytes.file("{" + SafetensorsBytes.line("x", "U8", "[\(size)]", "[0,\(size)]") + "}")
    let path = try folder.write(header, to: "a.safetensors")
    let handle = try #require(FileHandle(forWritingAtPath: path))
    // A file with a hole: it takes no room on the disk.
    try handle.truncate(atOffset: UInt64(header.count + size))
    try handle.close()
    let tensor = try SafetensorsFile(path: path).tensor("x")
    #expect(tensor.count == size)
    #expect(try tensor.narrowed(0, from: size - 2, length: 2).integers() == [0, 0])
  }
}
