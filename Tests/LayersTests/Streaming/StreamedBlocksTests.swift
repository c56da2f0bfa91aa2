import Checkpoints
import Foundation
import Layers
import TestSupport
import Testing
import Torch

/// Blocks that are taken from a file when they are needed.
struct StreamedBlocksTests {
  private static let count = 8

  init() throws { try useOneThread() }

  /// A block, with which one can see whether it is still there.
  private final class Block {
    let layer: Linear

    init(_ path: ParameterPath) throws { layer = try Linear(path / "layer", in: 256, out: 256) }
  }

  /// Writes a file of blocks: 256 kB each in float32, which no layer gives back of itself.
  private func file(_ folder: TemporaryFolder, dtype: DType = .float32) throws -> SafetensorsFile {
    let generator = try Generator(seed: 3)
    var tensors: [String: Tensor] = [:]
    for number in 0..<Self.count {
      for (name, shape) in [("weight", [256, 256]), ("bias", [256])] {
        tensors["blocks.\(number).layer.\(name)"] = try (Tensor.randn(shape, generator: generator) * 0.06).to(dtype)
      }
    }
    try SafetensorsWriter.write(tensors, to: folder.file("blocks.safetensors"))
    return try SafetensorsFile(path: folder.file("blocks.safetensors"))
  }

  private func blocks(
    _ source: any ParameterSource, _ residency: BlockResidency?, built: @escaping (Block) -> Void = { _ in }
  ) throws -> StreamedBlocks<Block> {
    try ParameterLoader.load(source, component: "blocks", dtype: .float32) { path in
      try StreamedBlocks(path / "blocks", count: Self.count, residency: residency) {
        let block = try Block($0)
        built(block)
        return block
      }
    }
  }

  private func pass(_ blocks: StreamedBlocks<Block>, _ x: Tensor) throws -> [Float] {
    var x = x
    for number in 0..<blocks.count { x = try blocks.with(number) { try $0.layer(x).tanh() } }
    return try x.floats()
  }

  private func input() throws -> Tensor { try .randn([3, 256], generator: try Generator(seed: 4)) }

  @Test(arguments: [DType.float32, .bfloat16], [0, 1, 5, count, count + 3])
  func answersTheSameBitsHoweverManyStay(dtype: DType, resident: Int) throws {
    let folder = try TemporaryFolder()
    let file = try file(folder, dtype: dtype)
    let expected = try pass(try blocks(file, nil), try input())
    let streamed = try blocks(file, BlockResidency(residentCount: resident))
    for _ in 0..<2 { #expect(try pass(streamed, try input()) == expected) }
  }

  /// How often blocks are built, and how many are alive between passes.
  @Test(arguments: [0, 1, 5, count]) func soManyStayAndTheOthersGo(resident: Int) throws {
    final class Record {
      struct Weak { weak var block: Block? }
      var built: [Weak] = []
      var alive: Int { built.reduce(0) { $0 + ($1.block == nil ? 0 : 1) } }
    }
    let folder = try TemporaryFolder()
    let record = Record()
    let blocks = try blocks(try file(folder), BlockResidency(residentCount: resident)) {
      record.built.append(.init(block: $0))
    }
    // Each was built once without memory, to see that its keys are there.
    #expect(record.built.count == Self.count && record.alive == 0)
    record.built = []
    for number in 1...3 {
      _ = try pass(blocks, try input())
      #expect(record.built.count == resident + number * (Self.count - resident))
      #expect(record.alive == resident)
    }
    blocks.residency = BlockResidency(residentCount: 2)
    #expect(record.alive == min(resident, 2))
    _ = try pass(blocks, try input())
    #expect(record.alive == 2)
    #expect(blocks.residency == BlockResidency(residentCount: 2))
  }

  @Test func blocksThatStayForGoodAreReadOnce() throws {
    let folder = try TemporaryFolder()
    var count = 0
    let blocks = try blocks(try file(folder), nil) { _ in count += 1 }
    #expect(count == Self.count && blocks.byteCounts.isEmpty)
    blocks.residency = BlockResidency.none
    #expect(blocks.residency == nil)
    _ = try pass(blocks, try input())
    #expect(count == Self.count)
  }

  @Test func bytesAreThoseOfTheLoadsType() throws {
    let folder = try TemporaryFolder()
    let blocks = try blocks(try file(folder, dtype: .bfloat16), BlockResidency.none)
    #expect(blocks.byteCounts == Array(repeating: (256 * 256 + 256) * 4, count: Self.count))
  }

  @Test func whatIsMissingIsSaidWhenTheFileIsOpened() throws {
    let folder = try TemporaryFolder()
    var tensors: [String: Tensor] = [:]
    let file = try file(folder)
    for key in file.keys where key != "blocks.5.layer.bias" { tensors[key] = try file.tensor(key) }
    tensors["blocks.2.layer.weight"] = try .zeros([256, 255])
    tensors["blocks.9.layer.weight"] = try .zeros([1])
    let error = #expect(throws: CheckpointError.self) {
      try blocks(ParameterDictionary(tensors, name: "it"), BlockResidency.none)
    }
    #expect(
      error?.message.hasPrefix(
        "loading blocks from it: missing: blocks.5.layer.bias; unexpected: blocks.9.layer.weight; of another shape: "
          + "blocks.2.layer.weight [256, 255] instead of [256, 256].") == true)
  }

  #if os(Linux)
    /// What the system says of the file's pages in this process.
    private func residentBytes(of path: String) throws -> Int {
      // The system gives this file piece by piece, of which Foundation's reader of whole files takes the first.
      let pieces = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
      let text = String(decoding: try #require(try pieces.readToEnd()), as: UTF8.self)
      var isHere = false
      var bytes = 0
      for line in text.split(separator: "\n") {
        // A mapping's own line begins with its addresses, the others with a name and a colon.
        if let range = line.split(separator: " ").first, range.contains("-") { isHere = line.hasSuffix(path) }
        if isHere, line.hasPrefix("Rss:") { bytes += 1024 * (Int(line.split(separator: " ")[1]) ?? 0) }
      }
      return bytes
    }

    @Test func pagesAreGivenBackBehindEachBlock() throws {
      let folder = try TemporaryFolder()
      let file = try file(folder)
      let streamed = try blocks(file, BlockResidency.none)
      var most = 0
      var x = try input()
      for number in 0..<streamed.count {
        try streamed.with(number) { block in
          x = try block.layer(x).tanh()
          if number == 4 { most = try residentBytes(of: file.name) }
        }
      }
      // A block at a time, with the pages at both ends of each tensor and what the system reads ahead.
      #expect(most > 200_000 && most < 600_000, "\(most)")
      #expect(try residentBytes(of: file.name) < 200_000)
      let resident = try blocks(file, nil)
      _ = try pass(resident, try input())
      #expect(try residentBytes(of: file.name) > Self.count * 256 * 256 * 4 - 100_000)
    }
  #endif
}
