import Checkpoints
import Foundation
import Priors
import Restorers
import Torch

/// StableSR's autoencoder with feature wrapping, whole and in strips.
struct StableSRAutoencoderComponent: ParityComponent {
  let names = ["stablesr-cfw"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: FeatureWrappingConfig.self)
    let autoencoder = try fixture.load(renamedBy: config.latentDiffusionKeys) {
      try FeatureWrappingAutoencoder($0, config)
    }
    let prefix = "decoded.w"
    let weights = fixture.outputs.filter { $0.hasPrefix(prefix) }.compactMap { Double($0.dropFirst(prefix.count)) }
    var answers: [Answer] = []
    for (way, plan) in [("whole", StripPlan.whole), ("strips", StripPlan(byteCount: 1))] {
      let encoding = try autoencoder.encode(try fixture.input("image"), plan: plan)
      let posterior = encoding.posterior
      answers.append(
        Answer(
          "moments", try .concatenated([posterior.mean_BCHW, posterior.logVariance_BCHW], axis: 1), way: way))
      answers += encoding.features.enumerated().map { Answer("enc_fea.\($0)", $1, way: way) }
      for weight in weights.sorted() {
        let picture = try autoencoder.decode(
          try fixture.input("latent"), features: encoding.features, weight: weight, plan: plan)
        answers.append(Answer("\(prefix)\(weight)", picture, way: way))
      }
    }
    return answers
  }

  func source(_ config: Data, over layout: any ParameterSource) throws -> any ParameterSource {
    try JSONDecoder().decode(FeatureWrappingConfig.self, from: config).latentDiffusionKeys.reading(layout)
  }

  func build(_ config: Data, _ path: ParameterPath) throws {
    _ = try FeatureWrappingAutoencoder(path, try JSONDecoder().decode(FeatureWrappingConfig.self, from: config))
  }
}
