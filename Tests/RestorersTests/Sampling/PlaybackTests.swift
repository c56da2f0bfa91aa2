import Checkpoints
import Foundation
import Priors
import Restorers
import TestSupport
import Testing
import Torch

/// Whole loops of the releases, their networks replaced by what they answered: `Tests/Fixtures/Sampling/README.md`.
struct PlaybackTests {
  private struct Recording {
    let file: SafetensorsFile
    let config: SchedulerConfig
    let start: Tensor

    init(_ name: String) throws {
      file = try SafetensorsFile(path: Fixture.path("Sampling/\(name)-playback.safetensors"))
      let text = try #require(file.metadata["config"])
      config = try SchedulerConfig(json: Data(text.utf8))
      // The start of all three: the low-quality picture's latent with the noise of time 999.
      start = try DiffusionSchedule(config).level(999).noised(
        file.tensor("out/lr_latents"), with: file.tensor("in/latents"))
    }

    func noise(_ count: Int) throws -> RecordedNoise {
      var draws: [NoisePurpose: Tensor] = [:]
      for index in 0..<count { draws[.step(index)] = try file.tensor("in/noise.\(index)") }
      return RecordedNoise(draws)
    }

    /// Answers with the recorded predictions of the noise and compares the latents that it is asked about.
    func denoiser(_ latent: @escaping (Int) -> String, _ clean: String) -> StubDenoiser {
      var index = 0
      return StubDenoiser { noisy, level in
        defer { index += 1 }
        if file.keys.contains(latent(index)) { try expect(noisy, latent(index)) }
        let answer = try Parametrisation.epsilon.clean(
          from: file.tensor("out/step.\(index).noise_pred"), noisy: noisy, at: level)
        try expect(answer, "out/step.\(index).\(clean)")
        return answer
      }
    }

    func expect(_ actual: Tensor, _ key: String) throws {
      let difference = try Difference(actual, file.tensor(key), absolute: 1e-4, relative: 1e-4)
      #expect(difference.isClose, "\(key): \(difference.absolute)")
    }
  }

  @Test(arguments: 1...4)
  func addsr(steps: Int) throws {
    let recording = try Recording("addsr-sampler")
    var config = recording.config
    config.className = RenoisingScheduler.className
    let scheduler = try config.makeScheduler(steps: steps)
    #expect(
      scheduler.levels.map(\.timestep)
        == (try recording.file.tensor("out/timesteps").doubles()).prefix(steps).map { $0 })
    let denoiser = recording.denoiser({ "out/step.\($0).sample" }, "pred_z0")
    let result = try Sampler(scheduler, noise: recording.noise(3)).run(denoiser, from: recording.start)
    #expect(denoiser.levels.count == steps)
    try recording.expect(result, "out/step.\(steps - 1).pred_z0")
  }

  @Test(arguments: [("seesr-sampler", 4), ("seesr-tiled", 2)])
  func seesr(name: String, steps: Int) throws {
    let recording = try Recording(name)
    let scheduler = try recording.config.makeScheduler(steps: steps)
    #expect(scheduler.levels.map(\.timestep) == (try recording.file.tensor("out/timesteps").doubles()))
    let denoiser = recording.denoiser(
      { $0 == 0 ? "out/step.0.sample" : "out/step.\($0 - 1).prev_sample" }, "pred_original_sample")
    let result = try Sampler(scheduler, noise: recording.noise(steps)).run(denoiser, from: recording.start)
    #expect(denoiser.levels.count == steps)
    try recording.expect(result, "out/step.\(steps - 1).prev_sample")
  }
}
