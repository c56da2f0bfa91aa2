import Checkpoints
import Foundation
import Priors
import Restorers
import Torch

/// StableSR's U-Net, under the release's key names.
struct StableSRUNetComponent: ParityComponent {
  let names = ["stablesr-unet"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: LatentDiffusionUNetConfig.self).network
    let network = try fixture.load(renamedBy: config.latentDiffusionKeys) { try UNet2DCondition($0, config) }
    let sample = try fixture.input("x")
    // The reference keeps its maps by their width; a level halves it.
    let structure = try config.blockOutChannels.indices.map {
      try fixture.input("struct_cond.\(sample.size(3) >> $0)")
    }
    let answer = try network(
      sample, timestep_B: try fixture.input("timesteps").to(.float32).reshaped([-1]),
      conditioning: UNetConditioning(text: Context(try fixture.input("context")), structure: structure))
    return [Answer("sample", answer)]
  }
}
