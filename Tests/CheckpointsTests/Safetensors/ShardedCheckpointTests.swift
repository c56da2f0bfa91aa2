import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

@Suite struct ShardedCheckpointTests {
  private let folder: TemporaryFolder
  private var index: String { folder.file("model.safetensors.index.json") }

  init() throws { folder = try TemporaryFolder() }

  private func writeShards() throws {
    try SafetensorsWriter.write(
      ["a": .full([2], 1), "b": .full([3], 2)], metadata: ["part": "one", "first": "1"],
      to: folder.file("model-00001-of-00002.safetensors"))
    try SafetensorsWriter.write(
      ["c": .full([4], 3, dtype: .bfloat16)], metadata: ["part": "two", "second": "2"],
      to: folder.file("model-00002-of-00002.safetensors"))
  }

  private func writeIndex(_ text: String) throws {
    try folder.write(Array(text.utf8), to: "model.safetensors.index.json")
  }

  private static let sound = """
    {"metadata": {"total_size": 28, "more": [1.5, {"x": null}, true]},
     "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00001-of-00002.safetensors",
                    "c": "model-00002-of-00002.safetensors"}}
    """

  @Test func shardsAreOneCheckpoint() throws {
    try writeShards()
    try writeIndex(Self.sound)
    let checkpoint = try ShardedCheckpoint(indexPath: index)
    #expect(checkpoint.name == index)
    #expect(checkpoint.keys == ["a", "b", "c"])
    #expect(checkpoint.shape(of: "b") == [3])
    #expect(checkpoint.typeName(of: "c") == "BF16")
    #expect(checkpoint.shape(of: "d") == nil)
    #expect(checkpoint.typeName(of: "d") == nil)
    #expect(try checkpoint.tensor("a").floats() == [1, 1])
    #expect(try checkpoint.tensor("c").floats() == [3, 3, 3, 3])
    #expect(try checkpoint.tensor("c").sharesMemory(with: checkpoint.tensor("c")))
    #expect(checkpoint.metadata == ["format": "pt", "part": "one", "first": "1", "second": "2"])
    let error = #expect(throws: CheckpointError.self) { try checkpoint.tensor("d") }
    #expect(error?.message == "Could not read tensor 'd' of '\(index)': no shard has a tensor of this name.")
  }

  @Test func keysThatTheIndexForgotAreKeysToo() throws {
    try writeShards()
    try writeIndex(
      #"{"weight_map":{"a":"model-00001-of-00002.safetensors","c":"model-00002-of-00002.safetensors"}}"#)
    let checkpoint = try ShardedCheckpoint(indexPath: index)
    #expect(checkpoint.keys == ["a", "b", "c"])
  }

  @Test(arguments: [
    (
      #"{"weight_map":{"a":"../model.safetensors"}}"#,
      "places tensor 'a' in '../model.safetensors', which is not the name"
    ),
    (#"{"weight_map":{"a":"/etc/passwd"}}"#, "'/etc/passwd', which is not the name of a file beside it"),
    (#"{"weight_map":{"a":"sub/m.safetensors"}}"#, "which is not the name of a file beside it"),
    (#"{"weight_map":{"a":"\u002e\u002e"}}"#, "places tensor 'a' in '..'"),
    (#"{"weight_map":{"a":"."}}"#, "places tensor 'a' in '.'"),
    (#"{"weight_map":{"a":""}}"#, "places tensor 'a' in ''"),
    (#"{"weight_map":{"a":"m\u0000.safetensors"}}"#, "which is not the name of a file beside it"),
    (#"{"weight_map":{"a":"x","a":"y"}}"#, "the key 'a' occurs twice"),
    (#"{"weight_map":{},"weight_map":{}}"#, "the key 'weight_map' occurs twice"),
    (#"{"weight_map":{}}"#, "its weight_map is empty"),
    (#"{"weight_map":["a"]}"#, "no '{'"),
    (#"{"weight_map":{"a":1}}"#, #"no '"'"#),
    (#"{"metadata":{}}"#, "it is not an index of shards: it has no weight_map"),
    (#"{"metadata":nope,"weight_map":{}}"#, "no value"),
    (#"{"metadata":01x}"#, "its JSON text is broken: no '}' at byte 13"),
    (#"{"metadata":"# + String(repeating: "[", count: 100_000), "nesting deeper than 64 levels"),
    (#"{"metadata":"# + String(repeating: #"{"a":"#, count: 100_000), "nesting deeper than 64 levels"),
    ("", "the text ends where '{' should stand"), ("[]", "no '{'"), (#"{"weight_map":{"a":"x"}} x"#, "text after"),
  ])
  func hostileIndicesAreRefused(_ text: String, _ words: String) throws {
    try writeIndex(text)
    let error = try #require(throws: CheckpointError.self) { try ShardedCheckpoint(indexPath: index) }
    #expect(error.code == .malformed)
    #expect(error.message.hasPrefix("Could not open '\(index)': "))
    #expect(error.message.contains(words), "\(error.message)")
  }

  @Test func aMissingShardIsNamed() throws {
    try writeShards()
    try writeIndex(Self.sound)
    let gone = folder.file("model-00002-of-00002.safetensors")
    try FileManager.default.removeItem(atPath: gone)
    let error = try #require(throws: CheckpointError.self) { try ShardedCheckpoint(indexPath: index) }
    #expect(error.code == .unreadable)
    #expect(
      error.message.hasPrefix(
        "Could not open '\(index)', because of a shard: Could not open '\(gone)': there is no such"))
  }

  @Test func aCutShardIsNamed() throws {
    try writeShards()
    try writeIndex(Self.sound)
    let shard = URL(fileURLWithPath: folder.file("model-00001-of-00002.safetensors"))
    try Data(contentsOf: shard).dropLast().write(to: shard)
    let error = try #require(throws: CheckpointError.self) { try ShardedCheckpoint(indexPath: index) }
    #expect(error.code == .truncated)
    #expect(error.message.contains("tensor 'b' claims bytes"))
  }

  @Test func aKeyThatItsShardLacksIsNamed() throws {
    try writeShards()
    try writeIndex(Self.sound.replacing(#""c": "model-00002"#, with: #""c": "model-00001"#))
    let error = try #require(throws: CheckpointError.self) { try ShardedCheckpoint(indexPath: index) }
    #expect(error.code == .malformed)
    #expect(
      error.message.contains("it places tensor 'c' in 'model-00001-of-00002.safetensors', which does not hold it"))
    #expect(error.message.contains("run `burnish models verify`"))
  }

  @Test func aKeyInTwoShardsIsNamed() throws {
    try writeShards()
    try SafetensorsWriter.write(
      ["c": .zeros([4]), "a": .zeros([2])], to: folder.file("model-00002-of-00002.safetensors"))
    try writeIndex(Self.sound)
    let error = try #require(throws: CheckpointError.self) { try ShardedCheckpoint(indexPath: index) }
    #expect(error.code == .malformed)
    #expect(error.message.contains("hold tensor 'a'"))
    #expect(error.message.contains("model-00001-of-00002.safetensors' and '"))
  }
}
