import Foundation
import Priors
import Torch

/// The schedulers, over recorded network outputs.
struct SchedulerComponent: ParityComponent {
  let names = ["scheduler"]

  private struct Arguments: Decodable {
    var num_inference_steps: Int?
    var timesteps: [Double]?
    var sigmas: [Double]?
    var mu: Double?
    var eta: Double?
    var start_index: Int?

    func request() throws -> StepRequest {
      let steps: StepRequest.Steps
      switch (sigmas, timesteps, num_inference_steps) {
      case (let sigmas?, _, _): steps = .sigmas(sigmas)
      case (nil, let timesteps?, _): steps = .timesteps(timesteps)
      case (nil, nil, let count?): steps = .count(count)
      default: throw ParityError("its args name neither num_inference_steps, timesteps nor sigmas")
      }
      return StepRequest(steps, mu: mu, eta: eta ?? 0)
    }
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try SchedulerConfig(json: fixture.config)
    let arguments = try fixture.arguments(as: Arguments.self)
    let scheduler = try config.makeScheduler(try arguments.request())
    let replay = try scheduler.replay(
      try fixture.slices("model_output"), from: try fixture.input("sample"), startingAt: arguments.start_index ?? 0,
      noise: try fixture.slices("noise"))
    var answers = [
      Answer("timesteps", try Tensor(scheduler.levels.map(\.timestep))),
      Answer("trajectory", try Tensor.stacked(replay.trajectory)),
    ]
    let clean = try fixture.input("clean")
    let noise = try fixture.input("clean_noise")
    // At the first, middle and last time.
    let places = [0, scheduler.levels.count / 2, scheduler.levels.count - 1].map { scheduler.levels[$0] }
    answers.append(
      Answer(
        "noised", try Tensor.stacked(try places.map { try scheduler.addNoise(clean: clean, noise: noise, level: $0) })))
    let further: [(String, () throws -> Tensor)] = [
      ("sigmas", { try Tensor(scheduler.sigmas) }),
      ("alphas_cumprod", { try Tensor(try DiffusionSchedule(config).alphasCumprod) }),
      ("init_noise_sigma", { try Tensor([scheduler.initialNoiseScale]) }),
      ("pred_original_sample", { try Tensor.stacked(replay.cleans) }),
      ("scaled_model_input", { try Tensor.stacked(replay.networkInputs) }),
    ]
    for (name, compute) in further where fixture.outputs.contains(name) { answers.append(Answer(name, try compute())) }
    return answers
  }
}
