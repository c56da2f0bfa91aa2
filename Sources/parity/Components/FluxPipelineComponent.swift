import Foundation
import Priors
import Restorers
import Torch

/// Whole tiny runs of FLUX.1: dynamic shift, embedded guidance, autoencoder.
struct FluxPipelineComponent: ParityComponent {
  let names = ["flux-pipeline"]

  private struct Arguments: Decodable {
    var height: Int
    var width: Int
    var num_inference_steps: Int
    var guidance_scale: Double
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let arguments = try fixture.arguments(as: Arguments.self)
    let config = try fixture.config(part: "transformer", as: FluxTransformerConfig.self)
    let vaeConfig = try fixture.config(part: "vae", as: AutoencoderKLConfig.self)
    let network = try fixture.load("transformer/") { try FluxTransformer($0, config) }
    let autoencoder = try fixture.load("vae/") { try AutoencoderKL($0, vaeConfig) }

    let noise_BLC = try fixture.input("latents")
    let (height, width) = (arguments.height / vaeConfig.sideFactor, arguments.width / vaeConfig.sideFactor)
    let schedule = try fixture.config(part: "scheduler", as: SchedulerConfig.self)
    let scheduler = try schedule.makeScheduler(
      sigmas: SchedulerConfig.evenSigmas(arguments.num_inference_steps),
      mu: schedule.dynamicShift(tokens: noise_BLC.size(1)))

    let prompt = try network.prompt(
      text_BTE: try fixture.input("prompt_embeds"), pooled_BP: try fixture.input("pooled_prompt_embeds"))
    let denoiser = try PromptedDenoiser(
      FluxPrior(network, guidance: arguments.guidance_scale), prompts: [prompt], passes: .inTurn)
    let recorder = TrajectoryRecorder()
    let start = try scheduler.initialLatent(
      noise: try FluxPacking.unpacked(noise_BLC, height: height, width: width))
    let latent = try Sampler(scheduler, noise: RecordedNoise([:]), hooks: [recorder]).run(denoiser, from: start)
    let decoded = try autoencoder.decode(try autoencoder.unscaled(latent))
    return [
      Answer("image", try (decoded * 0.5 + 0.5).clamped(min: 0, max: 1)),
      Answer("latents_trajectory", try Tensor.stacked(try recorder.latents.map(FluxPacking.packed))),
    ]
  }
}
