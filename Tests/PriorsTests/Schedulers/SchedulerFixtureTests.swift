import Checkpoints
import Foundation
import Priors
import TestSupport
import Testing
import Torch

/// What a fixture's `args` say.
private struct Arguments: Decodable {
  var num_inference_steps: Int?
  var timesteps: [Double]?
  var sigmas: [Double]?
  var mu: Double?
  var eta: Double?
  var start_index: Int?

  func request() throws -> StepRequest {
    let steps: StepRequest.Steps =
      if let sigmas { .sigmas(sigmas) } else if let timesteps {
        .timesteps(timesteps)
      } else {
        .count(try #require(num_inference_steps))
      }
    return StepRequest(steps, mu: mu, eta: eta ?? 0)
  }
}

/// Numbers of the diffusers schedulers: `Tests/Fixtures/Schedulers/README.md`.
struct SchedulerFixtureTests {
  static let names = [
    "ddim-eps-eta1", "ddim-eps-trailing", "ddim-sd21-eps-leading", "ddim-v-leading",
    "ddim-v-trailing-zsnr", "ddpm-sd21-eps", "ddpm-timesteps", "ddpm-v-trailing",
    "dpmpp2m-eps", "dpmpp2m-karras", "dpmpp2m-sde", "dpmpp2m-v-leading",
    "euler-eps-trailing", "euler-sdxl-eps-leading", "euler-sdxl-karras", "euler-v-linspace",
    "flowmatch-flux-dev", "flowmatch-flux-schnell", "flowmatch-sd3-img2img", "flowmatch-sd3",
  ]

  @Test(arguments: names)
  func givesTheNumbersOfTheReference(name: String) throws {
    let file = try SafetensorsFile(path: Fixture.path("Schedulers/scheduler-\(name).safetensors"))
    let metadata = file.metadata
    func said(_ key: String) throws -> String { try #require(metadata[key]) }
    let config = try SchedulerConfig(json: Data(said("config").utf8))
    let arguments = try JSONDecoder().decode(Arguments.self, from: Data(said("args").utf8))
    let scheduler = try config.makeScheduler(arguments.request())
    let absolute = try #require(Double(said("atol")))
    let relative = try #require(Double(said("rtol")))
    func expect(_ actual: Tensor, _ key: String) throws {
      let difference = try Difference(actual, file.tensor(key), absolute: absolute, relative: relative)
      #expect(difference.isClose, "\(name) \(key): \(difference.absolute)")
    }

    try expect(Tensor(scheduler.levels.map(\.timestep)), "out/timesteps")
    if file.keys.contains("out/sigmas") { try expect(Tensor(scheduler.sigmas), "out/sigmas") }
    if file.keys.contains("out/alphas_cumprod") {
      try expect(Tensor(DiffusionSchedule(config).alphasCumprod), "out/alphas_cumprod")
    }
    if file.keys.contains("out/init_noise_sigma") {
      try expect(Tensor([scheduler.initialNoiseScale]), "out/init_noise_sigma")
    }

    let clean = try file.tensor("in/clean")
    let noise = try file.tensor("in/clean_noise")
    let count = scheduler.levels.count
    let places = [0, count / 2, count - 1].map { scheduler.levels[$0] }
    try expect(
      Tensor.stacked(places.map { try scheduler.addNoise(clean: clean, noise: noise, level: $0) }), "out/noised")

    func steps(_ key: String) throws -> [Tensor] {
      guard file.keys.contains(key) else { return [] }
      let all = try file.tensor(key)
      return try (0..<all.size(0)).map { try all.selected(0, $0) }
    }
    let replay = try scheduler.replay(
      steps("in/model_output"), from: file.tensor("in/sample"), startingAt: arguments.start_index ?? 0,
      noise: steps("in/noise"))
    try expect(Tensor.stacked(replay.trajectory), "out/trajectory")
    if file.keys.contains("out/pred_original_sample") {
      try expect(Tensor.stacked(replay.cleans), "out/pred_original_sample")
    }
    if file.keys.contains("out/scaled_model_input") {
      try expect(Tensor.stacked(replay.networkInputs), "out/scaled_model_input")
    }
  }
}
