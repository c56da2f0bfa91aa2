import Checkpoints
import Foundation
import Priors
import TestSupport
import Testing
import Torch

/// A fixture of `Tests/Fixtures/Oracles`: a tiny FLUX.1 transformer's weights, inputs and answer.
struct FluxFixture {
  let file: SafetensorsFile

  static let dev = "flux-transformer"
  static let schnell = "flux-transformer-schnell"

  init(_ name: String = dev) throws {
    try useOneThread()
    file = try SafetensorsFile(path: Fixture.path("Oracles/\(name).safetensors"))
  }

  func config() throws -> FluxTransformerConfig {
    try JSONDecoder().decode(FluxTransformerConfig.self, from: Data(#require(file.metadata["config"]).utf8))
  }

  /// The weights by key, in memory of their own.
  func weights() throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for key in file.keys where key.hasPrefix("w/") { weights[String(key.dropFirst(2))] = try file.tensor(key).cloned() }
    return weights
  }

  /// Builds the network; every key must be used.
  func network(_ source: (any ParameterSource)? = nil, dtype: DType? = nil) throws -> FluxTransformer {
    try ParameterLoader.load(source ?? PrefixedSource(file, prefix: "w/"), component: "a transformer", dtype: dtype) {
      try FluxTransformer($0, config())
    }
  }

  func input(_ name: String) throws -> Tensor { try file.tensor("in/" + name) }

  func prompt(_ network: FluxTransformer) throws -> JointPrompt {
    try network.prompt(text_BTE: input("encoder_hidden_states"), pooled_BP: input("pooled_projections"))
  }

  func pass() throws -> FluxPass {
    FluxPass(
      picture_BLC: try input("hidden_states"), timestep_B: try input("timestep"),
      guidance_B: file.keys.contains("in/guidance") ? try input("guidance") : nil,
      positions: try config().positions(ids_SA: .concatenated([input("txt_ids"), input("img_ids")], axis: 0)))
  }

  /// The fixture's call.
  func answer(_ network: FluxTransformer, control: (any FluxControl)? = nil) throws -> Tensor {
    try network(pass(), prompt: prompt(network), control: control)
  }

  func expected() throws -> Tensor { try file.tensor("out/sample") }

  /// True within the fixture's own tolerances.
  func agrees(_ actual: Tensor) throws -> Bool {
    let absolute = try #require(Double(file.metadata["atol"] ?? ""))
    let relative = try #require(Double(file.metadata["rtol"] ?? ""))
    return try Difference(actual, expected(), absolute: absolute, relative: relative).isClose
  }
}
