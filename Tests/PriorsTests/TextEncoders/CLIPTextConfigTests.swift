import Foundation
import Priors
import Testing

struct CLIPTextConfigTests {
  private func read(_ json: String) throws -> CLIPTextConfig {
    try JSONDecoder().decode(CLIPTextConfig.self, from: Data(json.utf8))
  }

  @Test func readsThePublishedForm() throws {
    let config = try read(
      """
      {"architectures": ["CLIPTextModelWithProjection"], "bos_token_id": 0, "eos_token_id": 2, "hidden_act": "gelu",
       "hidden_size": 1280, "intermediate_size": 5120, "layer_norm_eps": 1e-06, "max_position_embeddings": 64,
       "model_type": "clip_text_model", "num_attention_heads": 20, "num_hidden_layers": 32, "projection_dim": 1024,
       "vocab_size": 1000}
      """)
    #expect(config.activation == .gelu)
    #expect(config.width == 1280 && config.innerWidth == 5120 && config.projectionWidth == 1024)
    #expect(config.layers == 32 && config.heads == 20 && config.positions == 64 && config.vocabularySize == 1000)
    #expect(config.normEpsilon == 1e-6)
    #expect(config.endID == 2)
    #expect(config.hasProjection == true)
  }

  @Test func keepsTransformersDefaults() throws {
    let config = try read(#"{"hidden_act": null}"#)
    #expect(config == CLIPTextConfig())
    #expect(config.width == 512 && config.layers == 12 && config.heads == 8 && config.endID == 49407)
    #expect(config.activation == .quickGELU)
    #expect(config.hasProjection == nil)
    #expect(try read(#"{"architectures": ["CLIPTextModel"]}"#).hasProjection == false)
  }

  @Test func survivesWriting() throws {
    var config = CLIPTextConfig()
    config.activation = .gelu
    config.layers = 23
    #expect(try JSONDecoder().decode(CLIPTextConfig.self, from: JSONEncoder().encode(config)) == config)
  }

  @Test(arguments: [
    (#"{"hidden_act": "relu"}"#, "unknown hidden_act 'relu'"),
    (#"{"hidden_size": 0}"#, "hidden_size is 0; it must be within 1…65536"),
    (#"{"num_hidden_layers": 1000000}"#, "num_hidden_layers is 1000000; it must be within 1…256"),
    (#"{"vocab_size": -5}"#, "vocab_size is -5"),
    (#"{"num_attention_heads": 7}"#, "num_attention_heads 7 does not divide the width 512"),
    (#"{"layer_norm_eps": 0}"#, "layer_norm_eps is 0.0; it must be above 0"),
    (#"{"architectures": ["T5EncoderModel"]}"#, "'T5EncoderModel' is not a CLIP text encoder"),
  ])
  func refusesWhatItDoesNotKnow(json: String, words: String) {
    let error = #expect(throws: DecodingError.self) { try read(json) }
    guard case .dataCorrupted(let context)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(context.debugDescription.contains(words), "\(context.debugDescription)")
  }
}
