import Foundation
import TestSupport
import Testing
import Torch

@testable import Checkpoints

/// A few thousand broken files on every run; `scripts/fuzz` makes millions.
@Suite struct MutationTests {
  /// SplitMix64 (Steele, Lea, Flood 2014): the same broken files on every run and machine.
  private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }

  private static let header =
    #"{"__metadata__":{"format":"pt"},"# + SafetensorsBytes.line("w", "F32", "[2,2]", "[0,16]") + ","
    + SafetensorsBytes.line("h", "BF16", "[3]", "[16,22]") + "," + SafetensorsBytes.line("e", "I64", "[0]", "[22,22]")
    + "," + SafetensorsBytes.line("f8", "F8_E4M3", "[2]", "[22,24]") + ","
    + SafetensorsBytes.line("b", "BOOL", "[]", "[24,25]")
    + "} "

  /// Numbers at which size arithmetic breaks, and tokens that change what follows.
  private static let tokens = [
    "0", "1", "2", "3", "-1", "4", "8", "16", "24", "25", "26", "2147483648", "4294967296", "2305843009213693952",
    "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "1.0", "1e9", "00",
    "{", "}",
    "[", "]", ",", ":", "\"", "\\", "\\ud800", "\\u0000", "null", "[]", "{}", "\"w\"", "\"dtype\"", "\"__metadata__\"",
    " ",
  ]

  @Test func whatIsReadLiesInTheFile() throws {
    var random = Random(state: 1)
    let folder = try TemporaryFolder()
    let path = folder.file("a.safetensors")
    var accepted = 0
    var refused = 0
    for round in 0..<6000 {
      var text = Array(Self.header.utf8)
      for _ in 0..<Int.random(in: 1...2, using: &random) { Self.mutate(&text, using: &random) }
      var bytes = SafetensorsBytes.file(text, buffer: Array(repeating: 1, count: 25))
      // Mostly the length is right, so that the text is reached.
      if round.isMultiple(of: 8) { Self.mutate(&bytes, using: &random) }
      do {
        let header = try bytes.withUnsafeBytes { try SafetensorsHeader($0) }
        try Self.check(header, bytes, path: path)
        accepted += 1
      } catch let flaw as CheckpointFlaw {
        #expect(!flaw.message.isEmpty)
        refused += 1
      }
    }
    // Both ways are taken often enough to mean something.
    #expect(accepted > 40)
    #expect(refused > 1000)
  }

  /// A file that was accepted opens by its path too, and each of its tensors can be read to the last byte.
  private static func check(_ header: SafetensorsHeader, _ bytes: [UInt8], path: String) throws {
    for entry in header.entries.values { #expect(entry.range.upperBound <= bytes.count) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let file = try SafetensorsFile(path: path)
    #expect(file.keys == Set(header.entries.keys))
    for key in file.keys {
      do {
        let tensor = try file.tensor(key)
        #expect(tensor.shape == header.entries[key]?.shape)
        #expect(try tensor.withBytes { $0.reduce(0, { $0 &+ Int($1) }) } >= 0)
      } catch let error as CheckpointError {
        #expect(error.code == .unsupported || error.code == .torch)
      }
    }
  }

  @Test func whatIsReadOfAnIndexStaysInItsFolder() throws {
    var random = Random(state: 2)
    var accepted = 0
    let index =
      #"{"metadata":{"total_size":25,"x":[1.5,null]},"weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors"}}"#
    for _ in 0..<3000 {
      var text = Array(index.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&text, using: &random) }
      guard let read = try? text.withUnsafeBytes({ try ShardIndex($0) }) else { continue }
      accepted += 1
      for shard in read.shards.values { #expect(!shard.contains("/") && shard != ".." && !shard.isEmpty) }
    }
    #expect(accepted > 100)
  }

  private static func mutate(_ bytes: inout [UInt8], using random: inout Random) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let end = min(place + Int.random(in: 1...12, using: &random), bytes.count)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: Array(bytes[place..<end]), at: Int.random(in: 0...bytes.count, using: &random))
    case 4: bytes.removeSubrange(place...)
    case 5: bytes.insert(contentsOf: Array((tokens.randomElement(using: &random) ?? "").utf8), at: place)
    default: replaceNumber(near: place, in: &bytes, using: &random)
    }
  }

  /// Puts a token in the place of the number at or after a place.
  private static func replaceNumber(near place: Int, in bytes: inout [UInt8], using random: inout Random) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let start = bytes[place...].firstIndex(where: digits.contains) else { return }
    let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: Array((tokens.randomElement(using: &random) ?? "").utf8))
  }
}
