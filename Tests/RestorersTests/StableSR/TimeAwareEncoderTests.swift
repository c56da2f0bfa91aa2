import Checkpoints
import Foundation
import Priors
import Restorers
import TestSupport
import Testing
import Torch

struct TimeAwareEncoderTests {
  private func run(time: Float, latent: Tensor? = nil) throws -> [Tensor] {
    let oracle = try StableSROracle("encoder")
    let config = try oracle.config(TimeAwareEncoderConfig.self)
    let encoder = try oracle.load(config.latentDiffusionKeys) { try TimeAwareEncoder($0, config) }
    return try withoutGradient { try encoder(latent ?? oracle.file.tensor("in/x"), timestep_B: Tensor([time])) }
  }

  @Test func answersOneMapALevelWithTheReferencesNumbers() throws {
    let oracle = try StableSROracle("encoder")
    let features = try run(time: Float(oracle.file.tensor("in/timesteps").item()))
    #expect(features.count == 2)
    try oracle.expect(features[0], "struct_cond.8")
    try oracle.expect(features[1], "struct_cond.4")
  }

  @Test func knowsTheTime() throws {
    let (early, late) = (try run(time: 900), try run(time: 100))
    // At the finest level of this small network every channel is normed by itself, which takes the time off again.
    #expect(try distance(early[1], late[1]) > 0.01)
  }

  /// Maps are told apart by level: those of an oblong latent have several sides of one length.
  @Test func oblongLatentsKeepTheirLevels() throws {
    let features = try run(time: 500, latent: .randn([1, 4, 4, 8], generator: Generator(seed: 1)))
    #expect(features.map(\.shape) == [[1, 24, 4, 8], [1, 24, 2, 4]])
  }

  @Test func asksForTheReleasesParameters() throws {
    let recorder = ParameterRecorder()
    let config = TimeAwareEncoderConfig()
    _ = try TimeAwareEncoder(ParameterLoader(recorder).root, config)
    #expect(recorder.shapes.count == 200)
    #expect(recorder.shapes.values.reduce(0) { $0 + $1.reduce(1, *) } == 52_494_080)
    let keys = config.latentDiffusionKeys
    for (stored, shape) in [
      ("input_blocks.1.0.in_layers.2.weight", [256, 256, 3, 3]), ("input_blocks.1.1.qkv.weight", [768, 256, 1]),
      ("input_blocks.7.0.skip_connection.weight", [512, 256, 1, 1]), ("middle_block.1.qkv.weight", [1536, 512, 1]),
      ("input_blocks.1.0.emb_layers.1.weight", [256, 1024]), ("fea_tran.2.skip_connection.weight", [256, 512, 1, 1]),
      ("time_embed.0.weight", [1024, 256]), ("input_blocks.9.0.op.bias", [512]),
    ] {
      let name = keys.name(of: stored)
      #expect(recorder.shapes[name].map { keys.storedShape(of: name, $0) } == shape, "\(stored) is \(name)")
      #expect(keys.stored(of: name) == stored)
    }
  }

  @Test(arguments: [
    (#"{"channel_mult": []}"#, "channel_mult has 0 entries"),
    (#"{"model_channels": -1}"#, "sizes must be positive and at most 65536; model_channels is -1"),
    (#"{"norm_num_groups": 7}"#, "norm_num_groups 7 does not divide the width 256"),
    (#"{"num_heads": 3}"#, "num_heads 3 does not divide the width 256"),
    (#"{"model_channels": 33, "norm_num_groups": 1}"#, "model_channels 33 is odd; half of a time embedding are sines"),
  ])
  func refusesSizesThatMakeNoNetwork(json: String, words: String) {
    #expect(decodingMessage(TimeAwareEncoderConfig.self, json) == words)
  }
}
