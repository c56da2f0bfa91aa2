import Checkpoints
import Foundation
import Priors
import TestSupport
import Testing
import Torch

/// A fixture of `Tests/Fixtures/Oracles`: a tiny transformer's weights, inputs and answer.
struct SD3Fixture {
  let file: SafetensorsFile

  static let sd3 = "sd3-transformer"
  /// Normalised heads, and a second attention in two of four blocks.
  static let sd35 = "sd3-transformer-35"
  /// Two ControlNet residuals for three blocks.
  static let residuals = "sd3-transformer-residuals"

  init(_ name: String) throws {
    try useOneThread()
    file = try SafetensorsFile(path: Fixture.path("Oracles/\(name).safetensors"))
  }

  func config() throws -> SD3TransformerConfig {
    try JSONDecoder().decode(SD3TransformerConfig.self, from: Data(#require(file.metadata["config"]).utf8))
  }

  /// The weights by key, in memory of their own.
  func weights() throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for key in file.keys where key.hasPrefix("w/") { weights[String(key.dropFirst(2))] = try file.tensor(key).cloned() }
    return weights
  }

  /// Builds the network; every key must be used.
  func network(_ source: (any ParameterSource)? = nil, dtype: DType? = nil) throws -> SD3Transformer {
    try ParameterLoader.load(source ?? PrefixedSource(file, prefix: "w/"), component: "a transformer", dtype: dtype) {
      try SD3Transformer($0, config())
    }
  }

  func input(_ name: String) throws -> Tensor { try file.tensor("in/" + name) }

  func prompt(_ network: SD3Transformer) throws -> JointPrompt {
    try network.prompt(text_BTE: input("encoder_hidden_states"), pooled_BP: input("pooled_projections"))
  }

  func residuals() throws -> [Tensor] {
    try (0..<2).compactMap { index in
      let key = "in/block_controlnet_hidden_states.\(index)"
      return file.keys.contains(key) ? try file.tensor(key) : nil
    }
  }

  /// The fixture's call.
  func answer(_ network: SD3Transformer) throws -> Tensor {
    try network(
      input("hidden_states"), timestep_B: input("timestep"), prompt: prompt(network), residuals: residuals())
  }

  func expected() throws -> Tensor { try file.tensor("out/sample") }

  /// True within the fixture's own tolerances.
  func agrees(_ actual: Tensor) throws -> Bool {
    let absolute = try #require(Double(file.metadata["atol"] ?? ""))
    let relative = try #require(Double(file.metadata["rtol"] ?? ""))
    return try Difference(actual, expected(), absolute: absolute, relative: relative).isClose
  }
}
