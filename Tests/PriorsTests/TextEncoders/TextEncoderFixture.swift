import Checkpoints
import Foundation
import Priors
import TestSupport
import Testing
import Torch

/// A fixture of `Tests/Fixtures/Oracles`: a tiny text encoder's weights, ids and answers.
struct TextEncoderFixture {
  let file: SafetensorsFile

  /// OpenAI's kind: quick GELU, with a projection.
  static let projected = "clip-text"
  /// OpenCLIP's kind: exact GELU, without.
  static let plain = "clip-text-gelu"

  init(_ name: String) throws {
    try useOneThread()
    file = try SafetensorsFile(path: Fixture.path("Oracles/\(name).safetensors"))
  }

  func config() throws -> CLIPTextConfig {
    try JSONDecoder().decode(CLIPTextConfig.self, from: Data(#require(file.metadata["config"]).utf8))
  }

  /// The weights by key, in memory of their own.
  func weights() throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for key in file.keys where key.hasPrefix("w/") { weights[String(key.dropFirst(2))] = try file.tensor(key).cloned() }
    return weights
  }

  /// Builds the encoder; every key must be used.
  func model(_ config: CLIPTextConfig? = nil, dtype: DType? = nil) throws -> CLIPTextModel {
    try load(ParameterDictionary(weights()), config, dtype: dtype)
  }

  /// Builds the encoder from a source; every key must be used.
  func load(_ source: any ParameterSource, _ config: CLIPTextConfig? = nil, dtype: DType? = nil) throws -> CLIPTextModel
  {
    try ParameterLoader.load(source, component: "a text encoder", dtype: dtype) {
      try CLIPTextModel($0, config ?? self.config())
    }
  }

  func ids() throws -> Tensor { try file.tensor("in/input_ids") }

  /// True within the fixture's own tolerances.
  func agrees(_ actual: Tensor, _ output: String) throws -> Bool {
    let absolute = try #require(Double(file.metadata["atol"] ?? ""))
    let relative = try #require(Double(file.metadata["rtol"] ?? ""))
    return try Difference(actual, file.tensor("out/" + output), absolute: absolute, relative: relative).isClose
  }
}
