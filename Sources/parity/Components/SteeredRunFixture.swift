import Priors
import Restorers
import Torch

/// What fixtures of SeeSR's and AddSR's whole loops have in common.
struct SteeredRunFixture {
  let networks: SteeredUNet
  let codec: LatentCodec
  let schedule: SchedulerConfig
  let conditions: SteeredConditions
  let noise: RecordedNoise

  init(_ fixture: Fixture) throws {
    let unet = try fixture.config(part: "unet", as: UNetConfig.self)
    let controlNet = try fixture.config(part: "controlnet", as: UNetConfig.self)
    let vae = try fixture.config(part: "vae", as: AutoencoderKLConfig.self)
    networks = SteeredUNet(
      try fixture.load("unet.") { try UNet2DCondition($0, unet) },
      try fixture.load("controlnet.") { try ControlNet($0, controlNet) })
    codec = LatentCodec(try fixture.load("vae.") { try AutoencoderKL($0, vae) })
    schedule = try fixture.config(part: "scheduler", as: SchedulerConfig.self)
    conditions = SteeredConditions(
      picture_BCHW: try fixture.input("image"), prompt_BLD: try fixture.input("prompt_embeds"),
      negativePrompt_BLD: try fixture.optionalInput("negative_prompt_embeds"),
      imageTokens_BLD: try fixture.input("ram_encoder_hidden_states"))
    var draws: [NoisePurpose: Tensor] = [
      .initial: try fixture.input("latents"), .posterior: try fixture.input("posterior_noise"),
    ]
    for (index, draw) in try fixture.inputs("noise").enumerated() { draws[.step(index)] = draw }
    noise = RecordedNoise(draws)
  }

  /// What both kinds of loop answer alike.
  func startAnswers(_ scheduler: any Scheduler) throws -> [Answer] {
    [
      Answer("lr_latents", try codec.encode(conditions.picture_BCHW, noise: noise)),
      Answer("timesteps", try Tensor(scheduler.levels.map(\.timestep))),
    ]
  }
}

/// Keeps what each step began with, predicted and led to.
final class StepRecorder: SamplingHook {
  struct Step {
    let level: NoiseLevel
    let latent: Tensor
    let clean: Tensor
    var next: Tensor

    /// The noise that a clean latent implies, where the network predicts noise.
    func noise(_ clean: Tensor) throws -> Tensor { try (latent - clean * level.signal) / level.noise }
  }

  private(set) var steps: [Step] = []

  func adjustClean(_ clean_BCHW: Tensor, latent latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor {
    steps.append(Step(level: step.level, latent: latent_BCHW, clean: clean_BCHW, next: latent_BCHW))
    return clean_BCHW
  }

  func adjustLatent(_ latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor {
    steps[steps.count - 1].next = latent_BCHW
    return latent_BCHW
  }
}
