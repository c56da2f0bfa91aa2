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

    let tagger = try TaggerFixture(
      fixture.weights("ram."), config: try fixture.config(part: "ram", as: TaggerConfig.self))
    var answers: [Answer] = []
    for steps in 1...arguments.timesteps.count {
      settings.steps = steps
      let recorder = StepRecorder()
      var pictures = [parts.conditions.picture_BCHW]
      var tokens: [Tensor] = [parts.conditions.imageTokens_BLD]
      let restored = try loop.restore(
        parts.conditions, settings, LatentRun(noise: parts.noise, hooks: [recorder])
      ) { picture in
        pictures.append(picture)
        tokens.append(try tagger.encoder.tokens(of: picture, resampling: .bicubic))
        return tokens[tokens.count - 1]
      }
      answers.append(Answer("image.\(steps)_steps", try restored.clamped(min: 0, max: 1)))
      for (index, (step, (picture, tokens))) in zip(recorder.steps, zip(pictures, tokens)).enumerated() {
        answers += try [
          ("sample", step.latent), ("controlnet_cond", picture), ("image_encoder_hidden_states", tokens),
          ("noise_pred", step.noise(step.clean)), ("pred_z0", step.clean),
          ("decoded", parts.codec.decode(step.clean) * 2 - 1),
        ].map { Answer("step.\(index).\($0)", $1, way: "\(steps) steps") }
      }
    }
    for output in fixture.outputs.filter({ $0.hasSuffix(".ram_image_every_24th") }).sorted() {
      let picture = try fixture.output(output.replacing("ram_image_every_24th", with: "controlnet_cond"))
      let shown = try TaggerPicture.normalised(picture, side: tagger.config.imageSide, resampling: .bicubic)
      answers.append(Answer(output, try shown.sliced(2, step: 24).sliced(3, step: 24)))
    }
    answers += try parts.startAnswers(try loop.scheduler(settings))
    return answers
  }
}
