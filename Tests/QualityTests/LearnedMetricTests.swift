import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

@testable import Quality

/// MUSIQ, MANIQA and CLIP-IQA beside the numbers that parity compares: layouts, places, ids.
struct LearnedMetricTests {
  init() throws { try useOneThread() }

  private func parameters(_ build: (ParameterPath) throws -> Void) throws -> ParameterRecorder {
    let recorder = ParameterRecorder()
    try build(ParameterLoader(recorder).root)
    return recorder
  }

  private func count(_ recorder: ParameterRecorder) -> Int {
    recorder.shapes.values.reduce(0) { $0 + $1.reduce(1, *) }
  }

  @Test func musiqHasThePublishedLayout() throws {
    let layout = try parameters { _ = try MUSIQ($0) }
    #expect(count(layout) == 27_125_825)
    #expect(layout.shapes["embedding.weight"] == [384, 16384] && layout.shapes["head.weight"] == [1, 384])
    var config = MUSIQConfig()
    config.grades = 10
    #expect(try parameters { _ = try MUSIQ($0, config) }.shapes["head.0.weight"] == [10, 384])
  }

  @Test(arguments: [(512, 512, 449), (768, 1024, 49 + 144 + 768), (100, 33, 49 + 144 + 8)])
  func musiqCountsTokens(height: Int, width: Int, tokens: Int) throws {
    let patches = try MUSIQPatches(Tensor.zeros([1, 3, height, width]), MUSIQConfig())
    #expect(patches.sequencePositions.count == tokens)
    let real = patches.scales.map(\.places.count)
    if (height, width) == (768, 1024) { #expect(real == [42, 108, 768]) }
    // The last place of each size is the last of the grid, or near it where there are fewer patches.
    if height == 512 { #expect(patches.scales.allSatisfy { $0.places.first == 0 && ($0.places.last ?? 0) >= 88 }) }
  }

  @Test func maniqaTakesTwentyCropsOfTheUpperFourRows() throws {
    let metric = try tinyMANIQA()
    let origins = metric.cropOrigins(height: 512, width: 512)
    #expect(origins.count == 20)
    #expect(Set(origins.map(\.top)) == [0, 72, 144, 216] && Set(origins.map(\.left)) == [0, 72, 144, 216, 288])
    #expect(origins[1].top == 0 && origins[1].left == 72)
  }

  private func tinyMANIQA() throws -> MANIQA {
    var config = MANIQAConfig()
    config.transformer.patchSide = 56
    (config.transformer.width, config.transformer.heads) = (8, 2)
    (config.width, config.innerWidth, config.heads) = (16, 8, [2, 2])
    return try MANIQA(ParameterLoader(try ParameterInitialiser(seed: 1)).root, config, variant: .pipal)
  }

  @Test func maniqaHasThePublishedLayout() throws {
    let layout = try parameters { _ = try MANIQA($0, variant: .pipal) }
    // All 135,747,530 less what only training and other uses need.
    #expect((114_000_000...114_500_000).contains(count(layout)), "\(count(layout))")
    #expect(
      layout.shapes["conv1.weight"] == [768, 3072, 1, 1] && layout.shapes["tablock1.1.c_q.weight"] == [784, 784])
    #expect(layout.shapes["swintransformer2.layers.1.blocks.0.mlp.fc1.weight"] == [768, 384])
    for key in [
      "vit.head.weight", "vit.norm.bias", "vit.blocks.11.norm1.weight", "swintransformer1.downsample.weight",
      "swintransformer1.layers.0.blocks.1.attn_mask",
      "swintransformer1.layers.0.blocks.1.attn.relative_position_index",
    ] { #expect(MANIQA.hasNoUse(key) && layout.shapes[key] == nil) }
    for key in layout.shapes.keys { #expect(!MANIQA.hasNoUse(key), "\(key)") }
  }

  /// The number of a stage's layers is the difference between variants that share a layout.
  @Test func variantsOfMANIQADiffer() throws {
    #expect(
      MANIQA.Variant.pipal.scale == 0.13 && MANIQA.Variant.koniq.scale == 0.8 && MANIQA.Variant.kadid.scale == 0.8)
    #expect(try tinyMANIQA().name == "maniqa-pipal")
    let image = try Tensor.rand([2, 3, 230, 230], generator: Generator(seed: 2))
    let scores = try tinyMANIQA().score(image)
    #expect(scores.count == 2 && scores.allSatisfy(\.isFinite))
  }

  @Test func clipHasRN50sLayout() throws {
    let config = CLIPConfig()
    let pictures = try parameters { _ = try CLIPPictureTower($0, config) }
    let text = try parameters { _ = try CLIPTextTower($0, config) }
    let running = pictures.shapes.filter { $0.key.contains("running_") }.values.reduce(0) { $0 + $1[0] }
    // And the logit scale.
    #expect(count(pictures) + count(text) - running + 1 == 102_007_137)
    #expect(pictures.shapes["attnpool.positional_embedding"] == [50, 2048])
  }

  @Test func promptsAreThePublishedIds() throws {
    let five = try CLIPIQA.Prompts.fivePairs.ids_BL()
    #expect(five.shape == [10, 77])
    let rows = try five.integers()
    #expect(Array(rows[0..<5]) == [49406, 886, 2867, 49407, 0])
    #expect(Array(rows[8 * 77..<8 * 77 + 7]) == [49406, 9307, 268, 1139, 2867, 49407, 0])
    #expect(Array(try CLIPIQA.Prompts.onePair.ids_BL().integers()[77..<82]) == [49406, 2103, 1125, 269, 49407])
  }

  @Test func refusesSizesThatMakeNoNetwork() {
    func refused<Config: Decodable>(_ type: Config.Type, _ json: String) -> Bool {
      (try? JSONDecoder().decode(type, from: Data(json.utf8))) == nil
    }
    #expect(refused(MUSIQConfig.self, #"{"hidden_size": 385}"#) && refused(MUSIQConfig.self, #"{"num_layers": 0}"#))
    #expect(refused(MANIQAConfig.self, #"{"img_size": 225}"#) && refused(MANIQAConfig.self, #"{"depths": [2]}"#))
    #expect(
      refused(CLIPConfig.self, #"{"vision_layers": [3, 4, 6]}"#)
        && refused(CLIPConfig.self, #"{"transformer_heads": 7}"#))
    #expect(!refused(MUSIQConfig.self, "{}") && !refused(MANIQAConfig.self, "{}") && !refused(CLIPConfig.self, "{}"))
  }
}
