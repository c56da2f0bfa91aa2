import Checkpoints
import Priors
import Restorers
import TestModels
import Testing
import Torch

struct FluxIRConfigTests {
  /// Parameters of an adapter for FLUX.1-dev, from its modules.
  private func count(_ config: FluxIRConfig, under prefix: String = "") throws -> Int {
    let recorder = ParameterRecorder()
    _ = try FluxIRAdapter(ParameterLoader(recorder).root / FluxIRAdapter.prefix, config, for: .dev)
    return recorder.shapes.filter { $0.key.hasPrefix("fluxir." + prefix) }.values.reduce(0) { $0 + $1.reduce(1, *) }
  }

  /// The budget of the paper, 0.4 thousand million, and the table of ranks.
  @Test(arguments: [
    (64, 387_313_024), (80, 398_521_504), (96, 409_729_984), (128, 432_146_944), (192, 476_980_864),
  ])
  func countsItsParameters(rank: Int, total: Int) throws {
    var config = FluxIRConfig()
    config.rank = rank
    #expect(try count(config) == total)
    #expect(try count(config, under: "block.") == 339_831_296)
    #expect(try count(config, under: "theta_") == 2_097_920)
    #expect(try count(config, under: "input.") == 199_680)
    #expect(try count(config, under: "se_") == 114 * (2 * 3072 * rank + rank + 3072))
  }

  @Test func otherFormsHaveOtherCounts() throws {
    var config = FluxIRConfig()
    config.rank = 192
    config.controlsTextInSingleBlocks = false
    #expect(try count(config) == 432_030_208)
    config = FluxIRConfig()
    config.kind = .gate
    // One vector a layer more.
    #expect(try count(config) == 409_729_984 + 114 * 3072)
    config.kind = .tokenGate
    #expect(try count(config) == 409_729_984 + 114 * 3072)
  }

  /// The checkpoint's layout: keys by hand.
  @Test func someKeys() throws {
    let recorder = ParameterRecorder()
    _ = try FluxIRAdapter(ParameterLoader(recorder).root / FluxIRAdapter.prefix, FluxIRConfig(), for: .dev)
    for (key, shape) in [
      ("fluxir.input.weight", [3072, 64]), ("fluxir.theta_t5", [1, 512, 4096]), ("fluxir.theta_clip", [1, 768]),
      ("fluxir.block.norm1_context.linear.weight", [18432, 3072]), ("fluxir.block.attn.to_add_out.bias", [3072]),
      ("fluxir.block.ff_context.net.2.weight", [3072, 12288]), ("fluxir.se_img.0.down.weight", [96, 3072]),
      ("fluxir.se_img.56.up.bias", [3072]), ("fluxir.se_txt.56.up.weight", [3072, 96]),
    ] { #expect(recorder.shapes[key] == shape, "\(key)") }
    #expect(recorder.shapes.count == 32 + 2 + 2 + 114 * 4)
  }

  @Test func metadataBringsBackTheConfiguration() throws {
    var config = FluxIRConfig()
    #expect(try FluxIRConfig(metadata: config.metadata, name: "it") == config)
    config.kind = .tokenGate
    config.rank = 7
    config.controlsTextInSingleBlocks = false
    config.textLength = 256
    config.trainingGuidance = 2.5
    config.base = "elsewhere/FLUX"
    #expect(
      config.metadata == [
        "kind": "token-gate", "r": "7", "text_in_single": "false", "text_length": "256", "guidance": "2.5",
        "base_model": "elsewhere/FLUX",
      ])
    #expect(try FluxIRConfig(metadata: config.metadata, name: "it") == config)
    #expect(try FluxIRConfig(metadata: ["kind": "bottleneck", "r": "96"], name: "it") == FluxIRConfig())
  }

  @Test(
    arguments: [
      (["r": "96"], "lacks 'kind', which is bottleneck, gate, token-gate"),
      (["kind": "se", "r": "96"], "says 'se' for 'kind', which is bottleneck, gate, token-gate"),
      (["kind": "gate"], "lacks 'r', which is a number from 1 to 65536"),
      (["kind": "gate", "r": "0"], "says '0' for 'r', which is a number from 1 to 65536"),
      (["kind": "gate", "r": "4", "guidance": "no"], "says 'no' for 'guidance', which is a number above 0"),
      (["kind": "gate", "r": "4", "text_in_single": "1"], "says '1' for 'text_in_single', which is true or false"),
      (
        ["kind": "gate", "r": "4", "text_length": "-1"],
        "says '-1' for 'text_length', which is a number from 1 to 65536"
      ),
    ] as [([String: String], String)])
  func metadataThatMakesNoAdapterIsRefused(metadata: [String: String], words: String) {
    let error = #expect(throws: CheckpointError.self) { try FluxIRConfig(metadata: metadata, name: "a.safetensors") }
    #expect(error?.message == "Could not read 'a.safetensors' as a FluxIR adapter: its metadata \(words)")
  }

  @Test func aStartIsTheFirstBlockAndTheEmptyPrompt() throws {
    let flux = try TinyFlux()
    let start = try flux.start()
    #expect(
      try values(#require(start["fluxir.block.ff.net.2.weight"]))
        == values(#require(flux.weights("transformer")["transformer_blocks.0.ff.net.2.weight"])))
    #expect(try values(#require(start["fluxir.theta_t5"])) == values(flux.file.tensor("in/prompt_embeds")))
    #expect(try values(#require(start["fluxir.input.weight"])).allSatisfy { $0 == 0 })
    #expect(try values(#require(start["fluxir.se_txt.1.up.weight"])).allSatisfy { $0 == 0 })
    #expect(try values(#require(start["fluxir.se_txt.1.down.weight"])).contains { $0 != 0 })
  }

  @Test func aQuantisedTransformerIsNoStart() throws {
    let flux = try TinyFlux()
    var weights = try flux.weights("transformer")
    weights["transformer_blocks.0.ff.net.2.weight"] = try .zeros([48, 192], dtype: .int8)
    let source = ParameterDictionary(weights, name: "int8.safetensors")
    let error = #expect(throws: CheckpointError.self) {
      try FluxIRStart(
        source, text_1TE: flux.file.tensor("in/prompt_embeds"),
        pooled_1P: flux.file.tensor("in/pooled_prompt_embeds"), seed: 1
      ).parameters(TinyFlux.config(), for: flux.config)
    }
    #expect(
      error?.message.contains("which 'int8.safetensors' holds as int8; take the file that it was quantised from")
        == true)
  }
}
