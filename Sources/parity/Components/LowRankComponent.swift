import Checkpoints
import Foundation
import Priors
import Torch

/// LoRA files of all kinds over a U-Net or a transformer: merged into its weights, and computed beside them.
struct LowRankComponent: ParityComponent {
  let names = ["lora"]

  private struct Arguments: Decodable {
    var lora_alpha: Double?
  }

  private struct Kind: Decodable {
    var _class_name: String
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let kind = try fixture.config(as: Kind.self)._class_name
    let network: any LowRankNetwork
    switch kind {
    case "UNet2DConditionModel": network = try LowRankUNet(fixture)
    case "SD3Transformer2DModel": network = try LowRankTransformer(fixture)
    default: throw ParityError("no network is built here for its _class_name '\(kind)'")
    }
    let base = fixture.weights()
    let updates = try LowRankFile.updates(
      fixture.part("lora/"), for: network.names(base.keys), metadata: [:],
      alpha: try fixture.arguments(as: Arguments.self).lora_alpha)
    var answers = [Answer("sample_base", try network.answer(base))]
    for output in fixture.outputs.sorted() where output != "sample_base" {
      guard let strength = output.split(separator: "_").last.flatMap({ Double($0) }) else {
        throw ParityError("its output '\(output)' says no scale")
      }
      let changes = updates.scaled(by: strength)
      answers.append(Answer(output, try network.answer(MergedSource(base, changes)), way: "merged"))
      answers.append(Answer(output, try network.answer(BranchedSource(base, changes)), way: "beside"))
    }
    return answers
  }
}

/// A network that a fixture's LoRA is for.
private protocol LowRankNetwork {
  /// What the LoRA may call the modules.
  func names(_ keys: Set<String>) -> LowRankNames
  /// The fixture's call, with weights from a source.
  func answer(_ source: any ParameterSource) throws -> Tensor
}

private struct LowRankUNet: LowRankNetwork {
  let fixture: Fixture
  let config: UNetConfig

  init(_ fixture: Fixture) throws {
    self.fixture = fixture
    config = try fixture.config(as: UNetConfig.self)
  }

  func names(_ keys: Set<String>) -> LowRankNames { LowRankNames(keys).including(config.latentDiffusionKeys) }

  func answer(_ source: any ParameterSource) throws -> Tensor {
    let network = try ParameterLoader.load(source, component: fixture.component) { try UNet2DCondition($0, config) }
    let sample = try fixture.input("sample")
    return try network(
      sample, timestep_B: try fixture.timesteps(batch: sample.size(0)), conditioning: try fixture.conditioning())
  }
}

private struct LowRankTransformer: LowRankNetwork {
  let fixture: Fixture
  let config: SD3TransformerConfig

  init(_ fixture: Fixture) throws {
    self.fixture = fixture
    config = try fixture.config(as: SD3TransformerConfig.self)
  }

  func names(_ keys: Set<String>) -> LowRankNames { LowRankNames(keys).including(config.originalKeys.origins) }

  func answer(_ source: any ParameterSource) throws -> Tensor {
    let network = try ParameterLoader.load(source, component: fixture.component) { try SD3Transformer($0, config) }
    let sample = try fixture.input("hidden_states")
    let prompt = try network.prompt(
      text_BTE: try fixture.input("encoder_hidden_states"), pooled_BP: try fixture.input("pooled_projections"))
    return try network(sample, timestep_B: try fixture.timesteps(batch: sample.size(0)), prompt: prompt)
  }
}
