import Foundation
import Priors
import Testing

struct SD3TransformerConfigTests {
  private func read(_ json: String) throws -> SD3TransformerConfig {
    try JSONDecoder().decode(SD3TransformerConfig.self, from: Data(json.utf8))
  }

  static let medium = #"""
    {"_class_name": "SD3Transformer2DModel", "attention_head_dim": 64, "caption_projection_dim": 1536, "in_channels": 16,
     "joint_attention_dim": 4096, "num_attention_heads": 24, "num_layers": 24, "out_channels": 16, "patch_size": 2,
     "pooled_projection_dim": 2048, "pos_embed_max_size": 192, "sample_size": 128}
    """#
  static let medium35 = #"""
    {"_class_name": "SD3Transformer2DModel", "dual_attention_layers": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
     "pos_embed_max_size": 384, "qk_norm": "rms_norm"}
    """#

  @Test func readsThePublishedForms() throws {
    #expect(try read(Self.medium) == SD3TransformerConfig())
    #expect(try read("{}") == SD3TransformerConfig())
    #expect(try read(#"{"qk_norm": null, "out_channels": null}"#) == SD3TransformerConfig())
    var expected = SD3TransformerConfig()
    expected.dualAttentionLayers = Array(0...12)
    expected.positionSide = 384
    expected.headNorm = "rms_norm"
    #expect(try read(Self.medium35) == expected)
    #expect(expected.width == 1536 && expected.sideMultiple == 2 && expected.normalisesHeads)
    // What comes out is what comes in where only that is said.
    #expect(try read(#"{"in_channels": 4}"#).outChannels == 4)
  }

  @Test(arguments: [medium, medium35])
  func writesWhatItReads(_ json: String) throws {
    let config = try read(json)
    #expect(try JSONDecoder().decode(SD3TransformerConfig.self, from: JSONEncoder().encode(config)) == config)
  }

  @Test(arguments: [
    (#"{"num_layers": 0}"#, "num_layers must be within 1…1024, not 0"),
    (
      #"{"num_attention_heads": 4611686018427387904}"#,
      "num_attention_heads must be within 1…1024, not 4611686018427387904"
    ),
    (#"{"patch_size": -2}"#, "patch_size must be within 1…64, not -2"),
    (#"{"pos_embed_max_size": 65537}"#, "pos_embed_max_size must be within 1…65536, not 65537"),
    (
      #"{"caption_projection_dim": 1152}"#,
      "caption_projection_dim 1152 is not the width of the picture's tokens, num_attention_heads 24 times "
        + "attention_head_dim 64"
    ),
    (
      #"{"num_attention_heads": 3, "attention_head_dim": 2, "caption_projection_dim": 6}"#,
      "the width 6 is no multiple of 4: a quarter of a position are sines of its column"
    ),
    (#"{"sample_size": 1}"#, "sample_size 1 is less than one patch, patch_size 2"),
    (#"{"dual_attention_layers": [0, 24]}"#, "dual_attention_layers names block 24; there are 24"),
    (#"{"qk_norm": "layer_norm"}"#, "qk_norm is 'layer_norm'; only 'rms_norm' is built here"),
  ])
  func networksThatAreNotBuiltAreRefused(json: String, words: String) {
    let error = #expect(throws: DecodingError.self) { try read(json) }
    guard case .dataCorrupted(let context) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(context.debugDescription == words)
  }

  @Test(arguments: [#"{"in_channels": "four"}"#, #"{"dual_attention_layers": 3}"#, #"{"qk_norm": true}"#, "[]"])
  func otherTypesAreRefused(json: String) {
    #expect(throws: DecodingError.self) { try read(json) }
  }
}
