import Checkpoints
import Foundation
import Priors
import Restorers
import Torch

/// Whole tiny runs of SD 2.1, SDXL and SD 3: guidance, scheduler, autoencoder.
struct StableDiffusionPipelineComponent: ParityComponent {
  let names = ["sd21-pipeline", "sdxl-pipeline", "sd3-pipeline"]

  private struct Arguments: Decodable {
    var num_inference_steps: Int
    var guidance_scale: Double
    var original_size: [Int]?
    var crops_coords_top_left: [Int]?
    var target_size: [Int]?
    var eta: Double?
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let arguments = try fixture.arguments(as: Arguments.self)
    let scheduler = try fixture.config(part: "scheduler", as: SchedulerConfig.self)
      .makeScheduler(steps: arguments.num_inference_steps, eta: arguments.eta ?? 0)
    switch fixture.component {
    case "sd21-pipeline":
      let prior = PlainPrior(unet: try unet(fixture), parametrisation: scheduler.parametrisation)
      return try run(fixture, arguments, scheduler, prior) { text, _ in Context(text) }
    case "sdxl-pipeline":
      guard let original = arguments.original_size, let target = arguments.target_size else {
        throw ParityError("its args lack 'original_size' and 'target_size', which SDXL is told")
      }
      let sizes = SDXLSizes(original: original, crop: arguments.crops_coords_top_left ?? [0, 0], target: target)
      let prior = SDXLPrior(try unet(fixture), parametrisation: scheduler.parametrisation)
      return try run(fixture, arguments, scheduler, prior) { text, pooled in
        try SDXLConditioning(text_BLD: text, pooledText_BD: pooled(), sizes: sizes)
      }
    default:
      let config = try fixture.config(part: "transformer", as: SD3TransformerConfig.self)
      let prior = SD3Prior(try fixture.load("transformer/") { try SD3Transformer($0, config) })
      return try run(fixture, arguments, scheduler, prior) { text, pooled in
        try prior.transformer.prompt(text_BTE: text, pooled_BP: pooled())
      }
    }
  }

  private func unet(_ fixture: Fixture) throws -> UNet2DCondition {
    let config = try fixture.config(part: "unet", as: UNetConfig.self)
    return try fixture.load("unet/") { try UNet2DCondition($0, config) }
  }

  /// - Parameter conditioning: Makes a prompt of tokens and, where the network wants it, pooled text.
  private func run<Prior: TextToImagePrior>(
    _ fixture: Fixture, _ arguments: Arguments, _ scheduler: any Scheduler, _ prior: Prior,
    conditioning: (_ text: Tensor, _ pooled: () throws -> Tensor) throws -> Prior.Conditioning
  ) throws -> [Answer] {
    let isGuided = arguments.guidance_scale > 1
    let prompts = try (isGuided ? ["negative_", ""] : [""]).map { kind in
      try conditioning(try fixture.input(kind + "prompt_embeds")) { try fixture.input(kind + "pooled_prompt_embeds") }
    }
    let vaeConfig = try fixture.config(part: "vae", as: AutoencoderKLConfig.self)
    let codec = LatentCodec(try fixture.load("vae/") { try AutoencoderKL($0, vaeConfig) })
    let start = try scheduler.initialLatent(noise: try fixture.input("latents"))
    var answers: [Answer] = []
    for passes in isGuided ? GuidancePasses.allCases : [.inTurn] {
      let rows = try PromptedDenoiser(prior, prompts: prompts, passes: passes)
      let denoiser: any Denoiser = isGuided ? GuidedDenoiser(rows, scale: arguments.guidance_scale) : rows
      let recorder = TrajectoryRecorder()
      let latent = try Sampler(scheduler, noise: RecordedNoise([:]), hooks: [recorder]).run(denoiser, from: start)
      let way = isGuided ? "guidance \(passes == .together ? "together" : "in turn")" : nil
      answers.append(Answer("image", try codec.decode(latent).clamped(min: 0, max: 1), way: way))
      answers.append(Answer("latents_trajectory", try Tensor.stacked(recorder.latents), way: way))
    }
    return answers
  }
}

/// A U-Net that reads text alone.
private struct PlainPrior: TextToImagePrior {
  let unet: UNet2DCondition
  let parametrisation: Parametrisation

  func joined(_ parts: [Context]) throws -> Context { Context(try .concatenated(parts.map(\.tokens_BLD), axis: 0)) }

  func predict(_ input_BCHW: Tensor, at level: NoiseLevel, _ text: Context, in tile: Tile) throws -> Tensor {
    try unet(input_BCHW, timestep_B: Tensor.full([input_BCHW.size(0)], level.timestep), context: text)
  }
}
