import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

@testable import Priors

struct TaggerLoadingTests {
  private struct Layout: Decodable {
    var config: TaggerConfig
    var lora_tensors: [String: [Int]]
  }

  private func layout() throws -> Layout {
    try JSONDecoder().decode(
      Layout.self, from: Data(contentsOf: URL(fileURLWithPath: Fixture.path("Manifests/dape-ram-swin-l.json"))))
  }

  @Test func asksForDAPEsPublishedTensors() throws {
    let layout = try layout()
    let recorder = ParameterRecorder()
    let lora = try TaggerLoRA(ParameterLoader(recorder).root, layout.config)
    #expect(recorder.shapes == layout.lora_tensors)
    // 24 blocks of the tower, query and key of two blocks of the decoder.
    #expect(lora.updates.count == 28)
    #expect(lora.updates.values.allSatisfy { $0.allSatisfy { $0.scale == 0.125 } })
  }

  /// The first dim rows of B make queries, the last dim rows values; keys have no change.
  @Test func changesQueriesAndValuesOfTheTower() throws {
    let tiny = try TinyTagger("dape")
    let key = "visual_encoder.layers.1.blocks.1.attn.qkv"
    let base = try tiny.ram()
    let lora = try tiny.lora()
    let source = try ImageTagger.source(
      ram: ParameterDictionary(base), lora: ParameterDictionary(lora), config: tiny.config)
    let width = 32
    let weight = try ParameterLoader(source).root.take(key + ".weight", [3 * width, width], .zeros)
    let before = try #require(base[key + ".weight"]).split([width, width, width], axis: 0)
    let after = try weight.split([width, width, width], axis: 0)
    let (a, b) = (try #require(lora[key + ".lora_A"]), try #require(lora[key + ".lora_B"]))
    for (part, half) in [(0, 0), (2, 1)] {
      let change = try b.narrowed(0, from: half * width, length: width)
        .matmul(a.narrowed(0, from: half * 8, length: 8))
      #expect(try isClose(after[part] - before[part], change * 0.125, 1e-6))
    }
    #expect(try floats(after[1]) == floats(before[1]))
  }

  /// The file that the authors publish: another name for the tagging head, buffers, and two towers of the captioner.
  @Test func readsTheAuthorsFile() throws {
    let tiny = try TinyTagger("dape")
    var ram: [String: Tensor] = [:]
    for (key, tensor) in try tiny.ram() { ram[key.replacing("tagging_head", with: "vision_multi")] = tensor }
    #expect(ram.keys.contains { $0.hasPrefix("vision_multi.") })
    ram["visual_encoder.layers.0.blocks.0.attn.relative_position_index"] = try Tensor([1, 2, 3])
    ram["visual_encoder.layers.0.blocks.1.attn_mask"] = try .zeros([4, 16, 16])
    ram["tag_encoder.encoder.layer.0.attention.self.query.weight"] = try .zeros([2, 2])
    ram["text_decoder.cls.predictions.bias"] = try .zeros([2])
    var lora = try tiny.lora()
    lora["text_decoder.bert.encoder.layer.0.attention.self.query.lora_A"] = try .zeros([8, 2])
    lora["tag_encoder.encoder.layer.0.attention.self.query.lora_A"] = try .zeros([8, 2])
    let tagger = try tiny.load(ram: ram, lora: lora)
    let tokens = try tagger.encoder.tokens(features_BLC: tagger.encoder.features(tiny.input("image")))
    #expect(try isClose(tagger.decoder.logits(tokens), tiny.output("logits"), 1e-5))
  }

  @Test func aMissingWeightIsNamed() throws {
    let tiny = try TinyTagger("dape")
    var ram = try tiny.ram()
    ram["visual_encoder.layers.0.blocks.1.attn.relative_position_bias_table"] = nil
    ram["label_embed"] = nil
    let error = #expect(throws: CheckpointError.self) { try tiny.load(ram: ram) }
    #expect(
      error?.message
        == "loading the picture tagger from ram.pth: missing: label_embed, "
        + "visual_encoder.layers.0.blocks.1.attn.relative_position_bias_table. "
        + "Is this the checkpoint of another model, or an incomplete one?")
  }

  @Test func tagsOfAnotherNumberAreAMismatch() throws {
    let tiny = try TinyTagger("dape")
    var ram = try tiny.ram()
    ram["label_embed"] = try .zeros([9, 24])
    let error = #expect(throws: CheckpointError.self) { try tiny.load(ram: ram) }
    #expect(error?.message.contains("of another shape: label_embed [9, 24] instead of [7, 24]") == true)
  }

  /// Half of DAPE merged would answer something, and poorly.
  @Test func aMissingPartOfDAPEIsNamed() throws {
    let tiny = try TinyTagger("dape")
    var lora = try tiny.lora()
    lora["tagging_head.encoder.layer.1.crossattention.self.key.lora_B"] = nil
    lora["fc.lora_A"] = try .zeros([8, 20])
    let error = #expect(throws: CheckpointError.self) { try tiny.load(lora: lora) }
    #expect(
      error?.message
        == "loading DAPE's LoRA from DAPE.pth: missing: "
        + "tagging_head.encoder.layer.1.crossattention.self.key.lora_B; unexpected: fc.lora_A. "
        + "Is this the checkpoint of another model, or an incomplete one?")
  }

  /// RAM with DAPE's tensors beside it, loaded as RAM alone, would silently be RAM.
  @Test func DAPEsTensorsAreNotPassedOver() throws {
    let tiny = try TinyTagger("dape")
    let both = try tiny.ram().merging(tiny.lora()) { ram, _ in ram }
    let error = #expect(throws: CheckpointError.self) { try tiny.load(ram: both, lora: [:]) }
    #expect(error?.message.contains("unexpected: tagging_head.encoder.layer.0.crossattention.self.key.lora_A") == true)
  }

  @Test func aLoRAForWeightsThatAreNotThereIsRefused() throws {
    let tiny = try TinyTagger("dape")
    var ram = try tiny.ram()
    ram["visual_encoder.layers.0.blocks.0.attn.qkv.weight"] = nil
    let error = #expect(throws: CheckpointError.self) { try tiny.load(ram: ram) }
    #expect(
      error?.message
        == "merging a LoRA into ram.pth: 1 of the 8 weights that it changes are not there "
        + "('visual_encoder.layers.0.blocks.0.attn.qkv.weight'). Was it made for another model?")
  }
}
