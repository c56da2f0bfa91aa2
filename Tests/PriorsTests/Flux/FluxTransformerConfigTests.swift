import Checkpoints
import Foundation
import Priors
import Testing

struct FluxTransformerConfigTests {
  private func read(_ json: String) throws -> FluxTransformerConfig {
    try JSONDecoder().decode(FluxTransformerConfig.self, from: Data(json.utf8))
  }

  static let published = #"""
    {"_class_name": "FluxTransformer2DModel", "attention_head_dim": 128, "guidance_embeds": true, "in_channels": 64,
     "joint_attention_dim": 4096, "num_attention_heads": 24, "num_layers": 19, "num_single_layers": 38, "patch_size": 1,
     "pooled_projection_dim": 768}
    """#

  @Test func readsThePublishedForms() throws {
    #expect(try read(Self.published) == .dev)
    #expect(try read(Self.published.replacingOccurrences(of: "true", with: "false")) == .schnell)
    #expect(try read("{}") == .schnell)
    #expect(try read(#"{"guidance_embeds": true, "out_channels": null, "axes_dims_rope": [16, 56, 56]}"#) == .dev)
    #expect(FluxTransformerConfig.dev.width == 3072 && FluxTransformerConfig.dev.blockCount == 57)
    #expect(try read(#"{"in_channels": 16}"#).outChannels == 16)
  }

  @Test func writesWhatItReads() throws {
    let config = try read(Self.published)
    #expect(try JSONDecoder().decode(FluxTransformerConfig.self, from: JSONEncoder().encode(config)) == config)
  }

  /// The published counts: the whole, a double block, a single block.
  @Test func countsItsParameters() throws {
    func count(_ config: FluxTransformerConfig, under prefix: String = "") throws -> Int {
      let recorder = ParameterRecorder()
      _ = try FluxTransformer(ParameterLoader(recorder).root, config)
      return recorder.shapes.filter { $0.key.hasPrefix(prefix) }.values.reduce(0) { $0 + $1.reduce(1, *) }
    }
    #expect(try count(.dev) == 11_901_408_320)
    #expect(try count(.schnell) == 11_891_178_560)
    #expect(try count(.dev, under: "transformer_blocks.18.") == 339_831_296)
    #expect(try count(.dev, under: "single_transformer_blocks.37.") == 141_591_808)
    #expect(try count(.dev, under: "time_text_embed.") == 32_262_144)
  }

  @Test(arguments: [
    (#"{"num_layers": -1}"#, "num_layers must be within 0…1024, not -1"),
    (
      #"{"num_attention_heads": 4611686018427387904}"#,
      "num_attention_heads must be within 1…1024, not 4611686018427387904"
    ),
    (#"{"patch_size": 2}"#, "patch_size is 2; only 1 is built here, patches are cut before the network"),
    (
      #"{"attention_head_dim": 64}"#,
      "axes_dims_rope [16, 56, 56] must be three even numbers that add up to attention_head_dim 64"
    ),
    (
      #"{"axes_dims_rope": [15, 57, 56]}"#,
      "axes_dims_rope [15, 57, 56] must be three even numbers that add up to attention_head_dim 128"
    ),
    (
      #"{"axes_dims_rope": [64, 64]}"#,
      "axes_dims_rope [64, 64] must be three even numbers that add up to attention_head_dim 128"
    ),
  ])
  func networksThatAreNotBuiltAreRefused(json: String, words: String) {
    let error = #expect(throws: DecodingError.self) { try read(json) }
    guard case .dataCorrupted(let context) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(context.debugDescription == words)
  }
}
