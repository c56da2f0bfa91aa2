import Foundation
import TestSupport
import Testing
import Torch

@testable import Checkpoints

@Suite struct SafetensorsWriterTests {
  private let folder: TemporaryFolder
  private var path: String { folder.file("a.safetensors") }

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: DType.allCases) func everyTypeMakesTheRoundTrip(_ dtype: DType) throws {
    let numbers = try Tensor([0, 1, 2, 3, 100, 127] as [Int], [2, 3]).to(dtype)
    try SafetensorsWriter.write(
      ["x": numbers, "scalar": numbers.selected(0, 1).selected(0, 0), "empty": .zeros([2, 0], dtype: dtype)], to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.keys == ["x", "scalar", "empty"])
    for key in file.keys { #expect(file.dtype(of: key) == dtype) }
    #expect(try file.tensor("x").shape == [2, 3])
    #expect(try file.tensor("x").doubles() == numbers.doubles())
    #expect(try file.tensor("scalar").shape == [])
    #expect(try file.tensor("scalar").item() == (dtype == .bool ? 1 : 3))
    #expect(try file.tensor("empty").shape == [2, 0])
  }

  @Test func specialNumbersKeepTheirBits() throws {
    let bits: [UInt32] = [0x7fc0_0001, 0xff80_0000, 0x8000_0000, 0x0000_0001, 0x7f80_0001]
    let tensor = try Tensor(bits.map { Float(bitPattern: $0) })
    try SafetensorsWriter.write(["x": tensor], to: path)
    let read = try SafetensorsFile(path: path).tensor("x").withBytes { Array($0.bindMemory(to: UInt32.self)) }
    #expect(read == bits)
  }

  /// Byte for byte what safetensors 0.8 for Python writes for the same tensors.
  @Test func filesEqualPyTorchs() throws {
    try SafetensorsWriter.write(
      [
        "b": Tensor([1.5, -2] as [Float]), "a": Tensor([1, 0, 1]).to(.bool), "c": Tensor([7] as [Int], [1, 1]),
        "h": Tensor([1] as [Float]).to(.bfloat16),
      ], to: path)
    let header =
      #"{"__metadata__":{"format":"pt"},"c":{"dtype":"I64","shape":[1,1],"data_offsets":[0,8]},"#
      + #""b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"h":{"dtype":"BF16","shape":[1],"#
      + #""data_offsets":[16,18]},"a":{"dtype":"BOOL","shape":[3],"data_offsets":[18,21]}}   "#
    let buffer: [UInt8] = [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0, 0x80, 0x3f, 1, 0, 1]
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: path))
        == Data(SafetensorsBytes.file(Array(header.utf8), buffer: buffer)))
  }

  @Test func viewsAndGraphsAreWrittenAsTheyRead() throws {
    let base = try Tensor.arange(0, 24).reshaped([1, 2, 3, 4])
    let leaf = try Tensor([1, 2] as [Float]).requiresGradient(true)
    try SafetensorsWriter.write(
      [
        "transposed": base.transposed(2, 3), "channelsLast": base.contiguous(.channelsLast),
        "part": base.selected(1, 1),
        "expanded": Tensor([5] as [Float]).expanded([3]), "recorded": leaf * 2,
      ], to: path)
    let file = try SafetensorsFile(path: path)
    #expect(try file.tensor("transposed").floats() == base.transposed(2, 3).floats())
    #expect(try file.tensor("channelsLast").floats() == base.floats())
    #expect(try file.tensor("part").floats() == base.selected(1, 1).floats())
    #expect(try file.tensor("expanded").floats() == [5, 5, 5])
    #expect(try file.tensor("recorded").floats() == [2, 4])
  }

  @Test func largerTypesComeFirstThenNames() throws {
    try SafetensorsWriter.write(
      [
        "b": .zeros([1]), "a": .zeros([1]), "byte": .zeros([1], dtype: .uint8), "half": .zeros([1], dtype: .float16),
        "double": .zeros([1], dtype: .float64),
      ], to: path)
    let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    let places = try ["double", "a", "b", "half", "byte"].map { try #require(text.range(of: "\"\($0)\":")).lowerBound }
    #expect(places == places.sorted())
    let file = try SafetensorsFile(path: path)
    for key in file.keys { #expect(try file.tensor(key).sharesMemory(with: file.tensor(key)), "\(key) is aligned") }
  }

  @Test func metadataAndNamesAreEscaped() throws {
    let text = "\"\\\n\t\u{1}\u{0} é 😀 </script>"
    try SafetensorsWriter.write([text: .ones([1])], metadata: ["format": "np", text: text, "empty": ""], to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.keys == [text])
    #expect(file.metadata == ["format": "np", text: text, "empty": ""])
  }

  @Test func nothingToWriteIsAFileToo() throws {
    try SafetensorsWriter.write([:], to: path)
    #expect(try SafetensorsFile(path: path).keys.isEmpty)
    #expect(try SafetensorsFile(path: path).metadata == ["format": "pt"])
  }

  @Test func aFormerFileIsReplacedAndNothingElseLeft() throws {
    try SafetensorsWriter.write(["old": .ones([1])], to: path)
    let old = try SafetensorsFile(path: path).tensor("old")
    try SafetensorsWriter.write(["new": .zeros([1])], to: path)
    #expect(try folder.names() == ["a.safetensors"])
    #expect(try SafetensorsFile(path: path).keys == ["new"])
    #expect(try old.item() == 1, "who read the former file goes on reading it")
  }

  @Test func aTensorCanReplaceTheFileItLiesIn() throws {
    try SafetensorsWriter.write(["x": .arange(0, 1000)], to: path)
    let tensor = try SafetensorsFile(path: path).tensor("x")
    try SafetensorsWriter.write(["x": tensor], to: path)
    #expect(try SafetensorsFile(path: path).tensor("x").sum().item() == 499_500)
  }

  @Test func namesWithoutFolderGoToTheCurrentOne() throws {
    let name = "burnish-test-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: name) }
    try SafetensorsWriter.write(["x": .ones([1])], to: name)
    #expect(try SafetensorsFile(path: name).keys == ["x"])
  }

  // MARK: Failures

  @Test func aFailureLeavesTheFormerFileAndNothingElse() throws {
    try SafetensorsWriter.write(["x": .ones([1])], to: path)
    let tensors: [String: Tensor] = try ["a": .ones([1000]), "b": .empty([4], device: .meta)]
    let error = try #require(throws: CheckpointError.self) { try SafetensorsWriter.write(tensors, to: path) }
    #expect(error.code == .torch)
    #expect(error.message.hasPrefix("Could not write tensor 'b' to '\(path)': "))
    #expect(try folder.names() == ["a.safetensors"])
    #expect(try SafetensorsFile(path: path).keys == ["x"])
  }

  /// The same when the system refuses bytes in the middle of the file: here because it may not grow beyond 4 KiB.
  @Test func aDiskThatFailsLeavesTheFormerFileAndNothingElse() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let path = folder.file("a.safetensors")
      try SafetensorsWriter.write(["x": .ones([1])], to: path)
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit()
      limit.rlim_cur = 4096
      limit.rlim_max = 4096
      #if os(Linux)
        #expect(setrlimit(__rlimit_resource_t(1), &limit) == 0)
      #else
        #expect(setrlimit(RLIMIT_FSIZE, &limit) == 0)
      #endif
      let error = try #require(throws: CheckpointError.self) {
        try SafetensorsWriter.write(["x": .ones([100_000])], to: path)
      }
      #expect(error.code == .unwritable)
      #expect(error.message.hasPrefix("Could not write '\(path)': "))
      #expect(try folder.names() == ["a.safetensors"])
      #expect(try SafetensorsFile(path: path).tensor("x").item() == 1)
    }
  }

  #if os(Linux)
    @Test func aFullDiskSaysWhatToDo() throws {
      let descriptor = open("/dev/full", O_WRONLY)
      try #require(descriptor >= 0)
      defer { close(descriptor) }
      let error = try #require(throws: CheckpointError.self) {
        try [UInt8](repeating: 0, count: 10).withUnsafeBytes { try AtomicFile.write($0, to: descriptor, path: "out") }
      }
      #expect(error.code == .unwritable)
      #expect(error.message == "Could not write 'out': No space left on device; free some space and try again.")
    }

    @Test func devicesAreNotReplaced() throws {
      let error = try #require(throws: CheckpointError.self) { try SafetensorsWriter.write([:], to: "/dev/full") }
      #expect(
        error.message == "Could not write '/dev/full': the name is taken by a device or pipe; choose another name.")
    }
  #endif

  @Test func placesWhereNothingCanBeWrittenAreNamed() throws {
    try folder.write([1], to: "file")
    for (path, words) in [
      (folder.file("no/such/a.safetensors"), "its folder does not exist; make it first."),
      (folder.path, "there is a folder of this name; choose another name."),
      (folder.file("file/a.safetensors"), "Not a directory."),
    ] {
      let error = try #require(throws: CheckpointError.self) { try SafetensorsWriter.write([:], to: path) }
      #expect(error.code == .unwritable)
      #expect(error.message == "Could not write '\(path)': \(words)")
    }
    #expect(try folder.names() == ["file"])
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere")) func aForbiddenFolderIsNamed() throws {
    #expect(chmod(folder.path, 0o500) == 0)
    defer { chmod(folder.path, 0o700) }
    let error = try #require(throws: CheckpointError.self) { try SafetensorsWriter.write([:], to: path) }
    #expect(error.message == "Could not write '\(path)': Permission denied.")
  }

  @Test func theFormatsOwnNameIsRefused() throws {
    let tensors: [String: Tensor] = try ["__metadata__": .ones([1])]
    let error = try #require(throws: CheckpointError.self) { try SafetensorsWriter.write(tensors, to: path) }
    #expect(error.message.contains("no tensor can have the name '__metadata__'"))
    #expect(try folder.names() == [])
  }
}
