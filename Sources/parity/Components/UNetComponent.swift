import Checkpoints
import Foundation
import Priors
import Torch

/// The U-Net of SD 2.x, SDXL and SeeSR, with and without ControlNet residuals.
struct UNetComponent: ParityComponent {
  let names = ["unet2d-condition", "unet2d-condition-residuals", "unet2d-condition-sdxl", "seesr-unet"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: UNetConfig.self)
    let network = try fixture.load { try UNet2DCondition($0, config) }
    let sample = try fixture.input("sample")
    let down = try fixture.inputs("down_block_additional_residuals")
    let residuals = try fixture.optionalInput("mid_block_additional_residual").map {
      ControlResiduals(down: down, middle: $0)
    }
    let answer = try network(
      sample, timestep_B: try fixture.timesteps(batch: sample.size(0)), conditioning: try fixture.conditioning(),
      residuals: residuals)
    return [Answer("sample", answer)]
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    _ = try UNet2DCondition(path, try JSONDecoder().decode(UNetConfig.self, from: config))
  }
}

extension Fixture {
  /// Text tokens, a picture's tokens, SDXL's pooled text and sizes: each where it is there.
  func conditioning() throws -> UNetConditioning {
    var conditioning = UNetConditioning(
      text: try optionalInput("encoder_hidden_states").map { Context($0) },
      image: try optionalInput("image_encoder_hidden_states").map { Context($0) })
    if let text = try optionalInput("text_embeds"), let sizes = try optionalInput("time_ids") {
      conditioning.added = AddedConditioning(pooledText_BD: text, sizes_B6: sizes)
    }
    return conditioning
  }
}
