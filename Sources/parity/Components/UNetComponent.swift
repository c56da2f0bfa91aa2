import Checkpoints
import Foundation
import Priors
import Torch

/// The U-Net of SD 2.x and SDXL, with and without ControlNet residuals.
struct UNetComponent: ParityComponent {
  let names = ["unet2d-condition", "unet2d-condition-residuals", "unet2d-condition-sdxl"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: UNetConfig.self)
    let network = try fixture.load { try UNet2DCondition($0, config) }
    let sample = try fixture.input("sample")
    let down = try fixture.inputs("down_block_additional_residuals")
    let residuals = try fixture.optionalInput("mid_block_additional_residual").map {
      ControlResiduals(down: down, middle: $0)
    }
    let answer = try network(
      sample, timestep_B: try fixture.timesteps(batch: sample.size(0)), context: try fixture.context(),
      added: try fixture.addedConditioning(), residuals: residuals)
    return [Answer("sample", answer)]
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    _ = try UNet2DCondition(path, try JSONDecoder().decode(UNetConfig.self, from: config))
  }
}

extension Fixture {
  /// The text tokens, where there are some.
  func context() throws -> Context? { try optionalInput("encoder_hidden_states").map { Context($0) } }

  /// SDXL's pooled text and sizes, where there are some.
  func addedConditioning() throws -> AddedConditioning? {
    guard let text = try optionalInput("text_embeds"), let sizes = try optionalInput("time_ids") else { return nil }
    return AddedConditioning(pooledText_BD: text, sizes_B6: sizes)
  }
}
