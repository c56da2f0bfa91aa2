import Checkpoints
import Foundation
import Restorers
import Torch

/// StableSR's time-aware encoder.
struct StableSREncoderComponent: ParityComponent {
  let names = ["stablesr-encoder"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: TimeAwareEncoderConfig.self)
    let encoder = try fixture.load(renamedBy: config.latentDiffusionKeys) { try TimeAwareEncoder($0, config) }
    let features = try encoder(
      try fixture.input("x"), timestep_B: try fixture.input("timesteps").to(.float32).reshaped([-1]))
    // The reference keeps its maps by their width.
    return features.map { Answer("struct_cond.\($0.size(3))", $0) }
  }
}
