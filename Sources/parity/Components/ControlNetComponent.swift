import Checkpoints
import Foundation
import Priors
import Torch

/// The ControlNets for the U-Nets.
struct ControlNetComponent: ParityComponent {
  let names = ["controlnet", "seesr-controlnet"]

  private struct Arguments: Decodable {
    var conditioning_scale: Double?
    var guess_mode: Bool?
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: UNetConfig.self)
    let arguments = try fixture.arguments(as: Arguments.self)
    let network = try fixture.load { try ControlNet($0, config) }
    let sample = try fixture.input("sample")
    let residuals = try network(
      sample, timestep_B: try fixture.timesteps(batch: sample.size(0)),
      condition: try network.embed(try fixture.input("controlnet_cond")), conditioning: try fixture.conditioning(),
      scale: arguments.conditioning_scale ?? 1, guessMode: arguments.guess_mode ?? false)
    return residuals.down.enumerated().map { Answer("down_block_res_samples.\($0)", $1) }
      + [Answer("mid_block_res_sample", residuals.middle)]
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    _ = try ControlNet(path, try JSONDecoder().decode(UNetConfig.self, from: config))
  }
}
