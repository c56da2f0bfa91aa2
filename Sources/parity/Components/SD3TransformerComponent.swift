import Checkpoints
import Foundation
import Priors
import Torch

/// The transformer of SD 3 and 3.5, with and without ControlNet residuals.
struct SD3TransformerComponent: ParityComponent {
  let names = ["sd3-transformer", "sd3-transformer-35"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: SD3TransformerConfig.self)
    let network = try fixture.load { try SD3Transformer($0, config) }
    let sample = try fixture.input("hidden_states")
    let prompt = try network.prompt(
      text_BTE: try fixture.input("encoder_hidden_states"), pooled_BP: try fixture.input("pooled_projections"))
    let answer = try network(
      sample, timestep_B: try fixture.timesteps(batch: sample.size(0)), prompt: prompt,
      residuals: try fixture.inputs("block_controlnet_hidden_states"))
    return [Answer("sample", answer)]
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    _ = try SD3Transformer(path, try JSONDecoder().decode(SD3TransformerConfig.self, from: config))
  }
}
