import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

/// The names of SD 2.x's text encoder in its two published layouts.
struct OpenCLIPKeyMapTests {
  /// Keys and shapes of a layout, without memory.
  private struct Layout: ParameterSource, Decodable {
    let tensors: [String: [Int]]
    var name: String { "layout" }
    var keys: Set<String> { Set(tensors.keys) }

    func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
      try tensors[key].map { try .empty($0, device: .meta) }
    }
  }

  private func layout(_ name: String) throws -> Layout {
    try JSONDecoder().decode(Layout.self, from: Data(contentsOf: URL(fileURLWithPath: Fixture.path(name))))
  }

  private let map = OpenCLIPKeyMap(layers: 23, width: 1024, projection: false)

  @Test func givesEveryPublishedKeyItsShape() throws {
    let (new, old) = (try layout("Manifests/sd21-text-encoder.json"), try layout("KeyMaps/open-clip-h.json"))
    let source = map.source(old)
    #expect(source.keys == new.keys)
    let loader = ParameterLoader(source)
    for (key, shape) in new.tensors { _ = try loader.root.take(key, shape, .zeros) }
    let account = loader.finish()
    #expect(account.isClean, "\(account)")
  }

  @Test func usesEveryOldKeyOnceAndWhole() throws {
    let old = try layout("KeyMaps/open-clip-h.json")
    let users = Dictionary(grouping: map.origins, by: \.value.key)
    let unused = old.keys.subtracting(users.keys)
    #expect(unused.allSatisfy { $0.hasPrefix("transformer.resblocks.23.") || !$0.contains(".") }, "\(unused)")
    #expect(unused.count == 12 + 2)
    for (key, origins) in users {
      let shape = try #require(old.tensors[key], "\(key)")
      let rows = origins.flatMap { Array($0.value.rows ?? 0..<shape[0]) }
      #expect(rows.sorted() == Array(0..<shape[0]), "\(key)")
    }
  }

  @Test(arguments: [
    ("text_model.embeddings.position_embedding.weight", RenamedSource.Origin("positional_embedding")),
    ("text_model.embeddings.token_embedding.weight", .init("token_embedding.weight")),
    ("text_model.final_layer_norm.bias", .init("ln_final.bias")),
    (
      "text_model.encoder.layers.7.self_attn.q_proj.weight",
      .init("transformer.resblocks.7.attn.in_proj_weight", rows: 0..<1024)
    ),
    (
      "text_model.encoder.layers.22.self_attn.k_proj.bias",
      .init("transformer.resblocks.22.attn.in_proj_bias", rows: 1024..<2048)
    ),
    (
      "text_model.encoder.layers.0.self_attn.v_proj.weight",
      .init("transformer.resblocks.0.attn.in_proj_weight", rows: 2048..<3072)
    ),
    ("text_model.encoder.layers.3.self_attn.out_proj.bias", .init("transformer.resblocks.3.attn.out_proj.bias")),
    ("text_model.encoder.layers.3.layer_norm1.weight", .init("transformer.resblocks.3.ln_1.weight")),
    ("text_model.encoder.layers.3.layer_norm2.weight", .init("transformer.resblocks.3.ln_2.weight")),
    ("text_model.encoder.layers.3.mlp.fc1.weight", .init("transformer.resblocks.3.mlp.c_fc.weight")),
    ("text_model.encoder.layers.3.mlp.fc2.bias", .init("transformer.resblocks.3.mlp.c_proj.bias")),
  ])
  func namesOrigins(key: String, origin: RenamedSource.Origin) { #expect(map.origins[key] == origin) }

  @Test func wantsTheProjectionTurnedWhenAsked() throws {
    let whole = OpenCLIPKeyMap(layers: 24, width: 1024, projection: true)
    #expect(whole.origins["text_projection.weight"] == .init("text_projection", change: .transposed))
    #expect(map.origins["text_projection.weight"] == nil)
    let source = whole.source(try layout("KeyMaps/open-clip-h.json"))
    #expect(source.keys.contains("text_model.encoder.layers.23.mlp.fc1.weight"))
    #expect(source.keys.contains("text_projection.weight"))
    #expect(source.keys.allSatisfy { $0.hasPrefix("text_") })
  }

  @Test func leavesOtherKeysToBeReported() throws {
    var tensors = try layout("KeyMaps/open-clip-h.json").tensors
    tensors["transformer.resblocks.5.ln_3.weight"] = [1]
    tensors["visual.proj"] = [1]
    tensors["ln_final.bias"] = nil
    let source = map.source(Layout(tensors: tensors))
    let others = source.keys.filter { !$0.hasPrefix("text_model.") }.sorted()
    #expect(others == ["transformer.resblocks.5.ln_3.weight", "visual.proj"])
    #expect(!source.keys.contains("text_model.final_layer_norm.bias"))
  }
}
