import Checkpoints
import Foundation
import Priors
import Torch

/// The transformer of FLUX.1, with and without guidance.
struct FluxTransformerComponent: ParityComponent {
  let names = ["flux-transformer"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: FluxTransformerConfig.self)
    let network = try fixture.load { try FluxTransformer($0, config) }
    let picture = try fixture.input("hidden_states")
    let prompt = try network.prompt(
      text_BTE: try fixture.input("encoder_hidden_states"), pooled_BP: try fixture.input("pooled_projections"))
    let ids = try Tensor.concatenated([try fixture.input("txt_ids"), try fixture.input("img_ids")], axis: 0)
    let pass = FluxPass(
      picture_BLC: picture, timestep_B: try fixture.timesteps(batch: picture.size(0)),
      guidance_B: try fixture.optionalInput("guidance"), positions: try config.positions(ids_SA: ids))
    return [Answer("sample", try network(pass, prompt: prompt))]
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    _ = try FluxTransformer(path, try JSONDecoder().decode(FluxTransformerConfig.self, from: config))
  }
}
