import Checkpoints
import Foundation
import Priors
import Torch

/// The autoencoder, whole and in strips.
struct AutoencoderComponent: ParityComponent {
  let names = ["autoencoder-kl"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: AutoencoderKLConfig.self)
    let autoencoder = try fixture.load { try AutoencoderKL($0, config) }
    var answers: [Answer] = []
    for (way, plan) in [("whole", StripPlan.whole), ("strips", StripPlan(byteCount: 1))] {
      if let sample = try fixture.optionalInput("sample") {
        let posterior = try autoencoder.encode(sample, plan: plan)
        answers.append(Answer("mean", posterior.mean_BCHW, way: way))
        answers.append(Answer("logvar", posterior.logVariance_BCHW, way: way))
      }
      if let latent = try fixture.optionalInput("latent") {
        answers.append(Answer("decoded", try autoencoder.decode(latent, plan: plan), way: way))
      }
    }
    return answers
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    _ = try AutoencoderKL(path, try JSONDecoder().decode(AutoencoderKLConfig.self, from: config))
  }
}
