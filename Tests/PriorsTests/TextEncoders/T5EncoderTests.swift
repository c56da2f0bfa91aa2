import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

@testable import Priors

struct T5EncoderTests {
  private let file: SafetensorsFile

  init() throws {
    try useOneThread()
    file = try SafetensorsFile(path: Fixture.path("Oracles/t5-encoder.safetensors"))
  }

  private func config() throws -> T5EncoderConfig {
    try JSONDecoder().decode(T5EncoderConfig.self, from: Data(#require(file.metadata["config"]).utf8))
  }

  private func weights() throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for key in file.keys where key.hasPrefix("w/") { weights[String(key.dropFirst(2))] = try file.tensor(key) }
    return weights
  }

  private func model(_ weights: [String: Tensor]? = nil, dtype: DType? = nil) throws -> T5Encoder {
    try ParameterLoader.load(
      ParameterDictionary(weights ?? self.weights()), component: "a text encoder", dtype: dtype
    ) { try T5Encoder($0, config()) }
  }

  private func ids() throws -> Tensor { try file.tensor("in/input_ids") }

  private func agrees(_ actual: Tensor, _ output: String) throws -> Bool {
    let absolute = try #require(Double(file.metadata["atol"] ?? ""))
    let relative = try #require(Double(file.metadata["rtol"] ?? ""))
    return try Difference(actual, file.tensor("out/" + output), absolute: absolute, relative: relative).isClose
  }

  @Test func givesTheNumbersOfTheReference() throws {
    let model = try model()
    #expect(try agrees(model(ids()), "last_hidden_state"))
    #expect(try agrees(model(ids(), mask_BL: file.tensor("in/attention_mask")), "last_hidden_state_masked"))
  }

  @Test func aFullMaskHidesNothing() throws {
    let ids = try ids()
    #expect(try agrees(model()(ids, mask_BL: ids.onesLike()), "last_hidden_state"))
  }

  @Test func hiddenTokensDoNotReachTheOthers() throws {
    let model = try model()
    let mask = try Tensor([1, 1, 1, 0, 0], [1, 5])
    let first = try model(Tensor([5, 6, 7, 8, 9], [1, 5]), mask_BL: mask).narrowed(1, from: 0, length: 3)
    let second = try model(Tensor([5, 6, 7, 0, 250], [1, 5]), mask_BL: mask).narrowed(1, from: 0, length: 3)
    #expect(try isClose(first, second))
    #expect(try isClose(first, model(Tensor([5, 6, 7], [1, 3])), 1e-4))
  }

  @Test(arguments: [true, false]) func readsTheOtherNameOfTheTokenTable(both: Bool) throws {
    var weights = try weights()
    weights["encoder.embed_tokens.weight"] = weights["shared.weight"]
    if !both { weights["shared.weight"] = nil }
    #expect(try agrees(model(weights)(ids()), "last_hidden_state"))
  }

  @Test func bfloat16StaysNearFloat32() throws {
    let model = try model(dtype: .bfloat16)
    #expect(model.dtype == .bfloat16)
    let found = try model(ids(), mask_BL: file.tensor("in/attention_mask"))
    #expect(found.dtype == .bfloat16)
    let expected = try file.tensor("out/last_hidden_state_masked")
    // bfloat16 keeps 8 bits, 0.4 %, and three blocks add up.
    #expect(try (found.to(.float32) - expected).norm().item() / expected.norm().item() < 0.03)
  }

  @Test func refusesFloat16() throws {
    let error = #expect(throws: CheckpointError.self) { try model(dtype: .float16) }
    #expect(error?.code == .unsupported)
    #expect(error?.message.contains("load them as bfloat16 or float32") == true, "\(error?.message ?? "")")
  }

  /// Every weight is used, and where the source has it: changed there, it changes what the encoder says.
  @Test func itsWeightsAreThoseOfTheSource() throws {
    let weights = try weights().mapValues { try $0.cloned() }
    let model = try model(weights)
    let ids = try Tensor(Array(5..<45), [1, 40])
    let before = try model(ids)
    for (key, weight) in weights {
      let kept = try weight.cloned()
      try weight.zeroInPlace()
      #expect(try !isClose(model(ids), before, 1e-4), "\(key)")
      try weight.copy(inPlace: kept)
    }
    #expect(try isClose(model(ids), before))
  }

  @Test func readsShards() throws {
    let folder = try TemporaryFolder()
    let keys = try weights().keys.sorted()
    var places: [String: String] = [:]
    for (number, part) in [keys[..<10], keys[10...]].enumerated() {
      let name = "model-0000\(number + 1)-of-00002.safetensors"
      try SafetensorsWriter.write(weights().filter { part.contains($0.key) }, metadata: [:], to: folder.file(name))
      for key in part { places[key] = name }
    }
    let index = ["weight_map": places]
    try folder.write(JSONEncoder().encode(index), to: "model.safetensors.index.json")
    let checkpoint = try openCheckpoint(folder.path)
    let model = try ParameterLoader.load(checkpoint, component: "a text encoder") { try T5Encoder($0, config()) }
    #expect(try agrees(model(ids()), "last_hidden_state"))
  }

  /// Distances and rows of the table as the paper's formula has them, for 32 rows and 128.
  @Test(arguments: [
    (0, 0), (-1, 1), (-7, 7), (-8, 8), (-11, 8), (-12, 9), (-15, 9), (-16, 10), (-31, 11), (-32, 12), (-63, 13),
    (-64, 14), (-90, 14), (-91, 15), (-127, 15), (-128, 15), (-5000, 15), (1, 17), (7, 23), (8, 24), (16, 26),
    (127, 31), (5000, 31),
  ])
  func sortsDistances(distance: Int, row: Int) throws {
    let table = try Tensor.zeros([32, 4])
    let positions = try T5EncoderPositions(
      ParameterLoader(ParameterDictionary(["weight": table])).root, config())
    #expect(positions.bucket(of: distance) == row)
  }

  @Test func theBiasIsThatOfTheKeysDistance() throws {
    var config = try config()
    config.heads = 1
    let table = try Tensor((0..<32).map { Float($0) }, [32, 1])
    let positions = try T5EncoderPositions(
      ParameterLoader(ParameterDictionary(["weight": table])).root, config)
    let bias = try positions.bias_1HLL(3)
    #expect(bias.shape == [1, 1, 3, 3])
    #expect(try bias.floats() == [0, 17, 18, 1, 0, 17, 2, 1, 0])
  }

  @Test func missingAndOtherKeysAreNamed() throws {
    var weights = try weights()
    weights["encoder.block.2.layer.1.DenseReluDense.wi_1.weight"] = nil
    weights["encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight"] = try .zeros([32, 4])
    let error = #expect(throws: CheckpointError.self) { try model(weights) }
    for words in [
      "missing: encoder.block.2.layer.1.DenseReluDense.wi_1.weight",
      "unexpected: encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight",
    ] { #expect(error?.message.contains(words) == true, "\(error?.message ?? "")") }
  }

  @Test(arguments: [
    ([5, 300], [1, 2], "a T5 encoder of 300 tokens was given the id 300; the tokenizer belongs to another model"),
    ([5, -1], [1, 2], "was given the id -1"), ([1, 2], [2], "takes int64 ids [B, L]"),
    ([], [0, 4], "takes int64 ids [B, L]"),
  ])
  func refusesOtherIDs(ids: [Int], shape: [Int], words: String) throws {
    let error = #expect(throws: TorchError.self) { try model()(Tensor(ids, shape)) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [([1, 1, 1], [1, 3]), ([1, 2], [1, 2])]) func refusesOtherMasks(mask: [Int], shape: [Int]) throws {
    let error = #expect(throws: TorchError.self) { try model()(Tensor([1, 2], [1, 2]), mask_BL: Tensor(mask, shape)) }
    #expect(error?.message.contains("takes a mask of int64 zeros and ones [1, 2]") == true, "\(error?.message ?? "")")
  }
}
