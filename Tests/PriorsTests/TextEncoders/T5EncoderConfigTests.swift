import Foundation
import Priors
import Testing

struct T5EncoderConfigTests {
  private func read(_ json: String) throws -> T5EncoderConfig {
    try JSONDecoder().decode(T5EncoderConfig.self, from: Data(json.utf8))
  }

  @Test func readsThePublishedForm() throws {
    let config = try read(
      """
      {"architectures": ["T5EncoderModel"], "d_ff": 2816, "d_kv": 32, "d_model": 1024, "dense_act_fn": "gelu_new",
       "feed_forward_proj": "gated-gelu", "is_gated_act": true, "layer_norm_epsilon": 1e-05, "model_type": "t5",
       "num_heads": 16, "num_layers": 12, "relative_attention_max_distance": 64, "relative_attention_num_buckets": 16,
       "vocab_size": 1000}
      """)
    #expect(config.width == 1024 && config.headWidth == 32 && config.innerWidth == 2816)
    #expect(config.layers == 12 && config.heads == 16 && config.vocabularySize == 1000)
    #expect(config.positionBuckets == 16 && config.furthestDistance == 64)
    #expect(config.normEpsilon == 1e-5)
  }

  @Test func isXXLWhereNothingIsSaid() throws {
    let config = try read(#"{"feed_forward_proj": "gated-gelu", "d_model": null}"#)
    #expect(config == T5EncoderConfig())
    #expect(config.width == 4096 && config.headWidth == 64 && config.innerWidth == 10240)
    #expect(config.layers == 24 && config.heads == 64 && config.vocabularySize == 32128)
    #expect(config.positionBuckets == 32 && config.furthestDistance == 128 && config.normEpsilon == 1e-6)
  }

  @Test func survivesWriting() throws {
    var config = T5EncoderConfig()
    config.layers = 3
    config.furthestDistance = 100
    #expect(try JSONDecoder().decode(T5EncoderConfig.self, from: JSONEncoder().encode(config)) == config)
  }

  @Test(arguments: [
    (#"{"feed_forward_proj": "relu"}"#, "feed_forward_proj is 'relu'; only T5 v1.1's 'gated-gelu' is known"),
    (#"{"architectures": ["CLIPTextModel"]}"#, "'CLIPTextModel' is not a T5 encoder"),
    (#"{"d_model": 0}"#, "d_model is 0; it must be within 1…65536"),
    (#"{"num_layers": 1000000}"#, "num_layers is 1000000; it must be within 1…256"),
    (#"{"vocab_size": -5}"#, "vocab_size is -5"),
    (#"{"relative_attention_num_buckets": 0}"#, "relative_attention_num_buckets is 0; it must be a multiple of 4"),
    (#"{"relative_attention_num_buckets": 30}"#, "relative_attention_num_buckets is 30"),
    (#"{"relative_attention_max_distance": 8}"#, "relative_attention_max_distance is 8; it must be within 9…1048576"),
    (#"{"layer_norm_epsilon": 0}"#, "layer_norm_epsilon is 0.0; it must be above 0"),
  ])
  func refusesWhatItDoesNotKnow(json: String, words: String) {
    let error = #expect(throws: DecodingError.self) { try read(json) }
    guard case .dataCorrupted(let context)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(context.debugDescription.contains(words), "\(context.debugDescription)")
  }
}
