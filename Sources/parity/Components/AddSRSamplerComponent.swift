import Priors
import Restorers
import Torch

/// Whole tiny runs of AddSR, of one step and more.
struct AddSRSamplerComponent: ParityComponent {
  let names = ["addsr-sampler"]

  private struct Arguments: Decodable {
    var timesteps: [Int]
    var conditioning_scale: Double
    var start_point: String
    var PSR_weight: Double
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let arguments = try fixture.arguments(as: Arguments.self)
    let parts = try SteeredRunFixture(fixture)
    var schedule = parts.schedule
    schedule.renoisingTimesteps = arguments.timesteps
    let loop = AddSRLoop(parts.networks, parts.codec, schedule: schedule)
    var settings = AddSRSettings()
    settings.controlScale = arguments.conditioning_scale
    settings.startsFromNoise = arguments.start_point == "noise"
    settings.refinementWeight = arguments.PSR_weight

    var answers: [Answer] = []
    for steps in 1...arguments.timesteps.count {
      settings.steps = steps
      let recorder = StepRecorder()
      var pictures = [parts.conditions.picture_BCHW]
      let restored = try loop.restore(
        parts.conditions, settings, LatentRun(noise: parts.noise, hooks: [recorder])
      ) { picture in
        pictures.append(picture)
        return try fixture.output("step.\(pictures.count - 1).image_encoder_hidden_states")
      }
      answers.append(Answer("image.\(steps)_steps", try restored.clamped(min: 0, max: 1)))
      for (index, (step, picture)) in zip(recorder.steps, pictures).enumerated() {
        answers += try [
          ("sample", step.latent), ("controlnet_cond", picture), ("noise_pred", step.noise(step.clean)),
          ("pred_z0", step.clean), ("decoded", parts.codec.decode(step.clean) * 2 - 1),
        ].map { Answer("step.\(index).\($0)", $1, way: "\(steps) steps") }
      }
    }
    // The tagger's own part is played back.
    answers += fixture.outputs.filter { $0.hasSuffix(".image_encoder_hidden_states") || $0.contains(".ram_image") }
      .map { Answer($0, incomparable: "played back") }
    answers += try parts.startAnswers(try loop.scheduler(settings))
    return answers
  }
}
