import Foundation
import Priors
import Restorers
import Torch

/// One blended prediction of StableSR over tiles.
struct StableSRAggregationComponent: ParityComponent {
  let names = ["stablesr-aggregation"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let toy = try ToyDenoiser(fixture, low: "struct_cond")
    let tiling = try toy.tiling()
    let time = try fixture.input("timestep").item()
    let blended = try TileRun(tiling.plan, window: tiling.window)(try fixture.input("x")) {
      try toy.predict($0, $1, time: time)
    }
    return try toy.tileAnswers(tiling) + [Answer("model_out", blended)]
  }
}

/// StableSR's tiled loop, under both readings of the prediction.
struct StableSRSamplerComponent: ParityComponent {
  let names = ["stablesr-sampler"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let toy = try ToyDenoiser(fixture, low: "init_latent")
    guard let steps = toy.arguments.ddpm_steps else { throw ParityError("its args lack 'ddpm_steps'") }
    let tiling = try toy.tiling()
    var settings = StableSRSettings()
    settings.steps = steps
    var draws: [NoisePurpose: Tensor] = [.initial: try fixture.input("noise.T")]
    for (index, draw) in try fixture.inputs("noise").enumerated() { draws[.step(index)] = draw }
    var answers = try toy.tileAnswers(tiling)
    for (prefix, parametrisation) in [("", Parametrisation.epsilon), ("v.", .velocity)] {
      let recorder = StepRecorder()
      let sampling = try AggregationSampling(
        settings, parametrisation, LatentRun(noise: RecordedNoise(draws), tiling: tiling, hooks: [recorder]))
      _ = try sampling.latent(from: toy.low_BCHW) { noisy_BCHW, tile, level in
        try parametrisation.clean(
          from: try toy.predict(noisy_BCHW, tile, time: level.timestep), noisy: noisy_BCHW, at: level)
      }
      for (index, step) in recorder.steps.enumerated() {
        let weights = sampling.scheduler.coefficients(index, hasPrevious: false)
        // Asked again rather than solved for: at the last time the noise is too small to divide by.
        let output_BCHW = try TileRun(tiling.plan, window: tiling.window)(step.latent) {
          try toy.predict($0, $1, time: step.level.timestep)
        }
        answers += try [
          ("model_out", output_BCHW), ("pred_x0", step.clean), ("sample", step.next),
          ("mean", step.clean * weights.clean + step.latent * weights.sample),
        ].map { Answer("\(prefix)step.\(index).\($0)", $1) }
      }
      answers.append(Answer("x_T", try recorder.steps.first?.latent ?? .zeros([0])))
      answers += try scheduleAnswers(sampling.scheduler)
    }
    return answers
  }

  /// The chain's own vectors, which the reference keeps from the least noisy time up.
  private func scheduleAnswers(_ scheduler: any Scheduler) throws -> [Answer] {
    let weights = scheduler.levels.indices.reversed().map { scheduler.coefficients($0, hasPrevious: false) }
    let vectors = [
      ("alphas_cumprod", scheduler.levels.reversed().map { $0.signal * $0.signal }),
      ("posterior_mean_coef1", weights.map(\.clean)), ("posterior_mean_coef2", weights.map(\.sample)),
      ("posterior_log_variance_clipped", weights.map { log(max($0.noise * $0.noise, 1e-20)) }),
    ]
    return try vectors.map { Answer($0, try Tensor($1)) }
      + [Answer("timesteps", try Tensor(scheduler.levels.map(\.timestep)))]
  }
}
