import Foundation
import Priors
import TestSupport
import Testing

struct TaggerConfigTests {
  private func read(_ json: String) throws -> TaggerConfig {
    try JSONDecoder().decode(TaggerConfig.self, from: Data(json.utf8))
  }

  @Test func theDefaultsAreThePublishedSizes() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("Manifests/dape-ram-swin-l.json")))
    struct Manifest: Decodable { var config: TaggerConfig }
    #expect(try JSONDecoder().decode(Manifest.self, from: data).config == TaggerConfig())
    #expect(TaggerConfig().visionWidth == 1536 && TaggerConfig().tokenCount == 145)
    #expect(try read("{}") == TaggerConfig())
    #expect(try read(#"{"tagging_head": {}, "lora": {}}"#) == TaggerConfig())
  }

  @Test func readsEveryField() throws {
    let config = try read(
      #"""
      {"image_res": 32, "patch_size": 2, "window_size": 4, "embed_dim": 12, "depths": [1, 3], "num_heads": [3, 6],
       "mlp_ratio": 2.5, "qkv_bias": false, "vision_width": 24, "image_embed_dim": 10, "num_class": 2,
       "class_threshold": [0.25, 0.5], "lora": {"r": 4, "alpha": 2},
       "tagging_head": {"hidden_size": 16, "intermediate_size": 30, "num_attention_heads": 2, "num_hidden_layers": 3,
                        "layer_norm_eps": 1e-6}}
      """#)
    #expect(config.imageSide == 32 && config.patchSize == 2 && config.windowSize == 4 && config.embedWidth == 12)
    #expect(config.depths == [1, 3] && config.headCounts == [3, 6] && config.mlpRatio == 2.5)
    #expect(!config.hasQueryKeyValueBias && config.imageEmbedWidth == 10 && config.tagCount == 2)
    #expect(config.thresholds == [0.25, 0.5] && config.lora.rank == 4 && config.lora.alpha == 2)
    #expect(config.decoder.width == 16 && config.decoder.innerWidth == 30 && config.decoder.heads == 2)
    #expect(config.decoder.layers == 3 && config.decoder.normEpsilon == 1e-6)
    #expect(config.visionWidth == 24 && config.tokenCount == 65)
  }

  @Test(arguments: [
    (#"{"depths": []}"#, "depths has 0 entries; it takes 1 to 8"),
    (#"{"depths": [2, 2]}"#, "num_heads has 4 entries for 2 stages"),
    (#"{"depths": [2, 2, 0, 2]}"#, "depths is 0; it must be within 1…256"),
    (#"{"embed_dim": 4611686018427387904}"#, "embed_dim is 4611686018427387904; it must be within 1…16384"),
    (#"{"num_class": -1}"#, "num_class is -1; it must be within 1…1048576"),
    (#"{"patch_size": 0}"#, "patch_size is 0; it must be within 1…256"),
    (#"{"patch_size": 5}"#, "patch_size 5 does not divide image_res 384"),
    (#"{"image_res": 100}"#, "the map of stage 0 is 25 tokens wide and cannot be halved"),
    (#"{"window_size": 7}"#, "window_size 7 does not divide the 96 tokens of stage 0"),
    (#"{"num_heads": [6, 12, 24, 47]}"#, "num_heads 47 does not divide the width 1536"),
    (#"{"mlp_ratio": 0}"#, "mlp_ratio is 0.0; it must be above 0 and at most 64"),
    (#"{"vision_width": 1024}"#, "vision_width is 1024, but embed_dim 192 and 4 stages make 1536"),
    (#"{"tagging_head": {"num_attention_heads": 5}}"#, "num_attention_heads 5 does not divide hidden_size 768"),
    (#"{"tagging_head": {"layer_norm_eps": -1}}"#, "layer_norm_eps is -1.0"),
    (#"{"lora": {"r": 0}}"#, "lora.r is 0; it must be within 1…4096"),
    (#"{"class_threshold": [0.5]}"#, "class_threshold has 1 entries for 4585 tags"),
  ])
  func refusesWhatIsNoTagger(json: String, words: String) {
    do {
      _ = try read(json)
      Issue.record("nothing was refused")
    } catch DecodingError.dataCorrupted(let context) {
      #expect(context.debugDescription == words)
    } catch {
      Issue.record("\(error)")
    }
  }
}
