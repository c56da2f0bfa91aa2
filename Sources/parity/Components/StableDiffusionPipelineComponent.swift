import Foundation
import Priors
import Restorers
import Torch

/// Whole tiny runs of SD 2.1 and SDXL: guidance, scheduler, autoencoder.
struct StableDiffusionPipelineComponent: ParityComponent {
  let names = ["sd21-pipeline", "sdxl-pipeline"]

  private struct Arguments: Decodable {
    var num_inference_steps: Int
    var guidance_scale: Double
    var original_size: [Int]?
    var crops_coords_top_left: [Int]?
    var target_size: [Int]?
    var eta: Double?

    /// SDXL's six sizes; nil for SD 2.1.
    func sizes_16() throws -> Tensor? {
      guard let original_size, let target_size else { return nil }
      return try Tensor((original_size + (crops_coords_top_left ?? [0, 0]) + target_size).map { Float($0) }, [1, 6])
    }
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let arguments = try fixture.arguments(as: Arguments.self)
    let unetConfig = try fixture.config(part: "unet", as: UNetConfig.self)
    let vaeConfig = try fixture.config(part: "vae", as: AutoencoderKLConfig.self)
    let scheduler = try fixture.config(part: "scheduler", as: SchedulerConfig.self)
      .makeScheduler(steps: arguments.num_inference_steps, eta: arguments.eta ?? 0)
    let network = try fixture.load("unet/") { try UNet2DCondition($0, unetConfig) }
    let autoencoder = try fixture.load("vae/") { try AutoencoderKL($0, vaeConfig) }

    var prompts = [try conditioning(fixture, "prompt_embeds", "pooled_prompt_embeds", arguments)]
    if arguments.guidance_scale > 1 {
      prompts.insert(
        try conditioning(fixture, "negative_prompt_embeds", "negative_pooled_prompt_embeds", arguments), at: 0)
    }
    let rows = PromptedRows(network: network, parametrisation: scheduler.parametrisation, prompts: prompts)
    let denoiser: any Denoiser = prompts.count > 1 ? GuidedDenoiser(rows, scale: arguments.guidance_scale) : rows
    let recorder = TrajectoryRecorder()
    let start = try scheduler.initialLatent(noise: try fixture.input("latents"))
    let latent = try Sampler(scheduler, noise: RecordedNoise([:]), hooks: [recorder]).run(denoiser, from: start)
    let decoded = try autoencoder.decode(try autoencoder.unscaled(latent))
    return [
      Answer("image", try (decoded * 0.5 + 0.5).clamped(min: 0, max: 1)),
      Answer("latents_trajectory", try Tensor.stacked(recorder.latents)),
    ]
  }

  private func conditioning(
    _ fixture: Fixture, _ tokens: String, _ pooled: String, _ arguments: Arguments
  ) throws -> UNetConditioning {
    var conditioning = UNetConditioning(text: Context(try fixture.input(tokens)))
    if let text = try fixture.optionalInput(pooled), let sizes = try arguments.sizes_16() {
      conditioning.added = AddedConditioning(
        pooledText_BD: text, sizes_B6: try sizes.expanded([text.size(0), 6]))
    }
    return conditioning
  }
}

/// A U-Net under as many prompts as a latent has equal parts of rows.
private struct PromptedRows: Denoiser {
  let network: UNet2DCondition
  let parametrisation: Parametrisation
  let prompts: [UNetConditioning]

  func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel) throws -> Tensor {
    let input = try parametrisation.networkInput(noisy_BCHW, at: level)
    let outputs = try zip(input.chunks(prompts.count, axis: 0), prompts).map { rows, prompt in
      try network(rows, timestep_B: Tensor.full([rows.size(0)], level.timestep), conditioning: prompt)
    }
    return try parametrisation.clean(from: .concatenated(outputs, axis: 0), noisy: noisy_BCHW, at: level)
  }
}

/// Keeps the latent after each step.
final class TrajectoryRecorder: SamplingHook {
  private(set) var latents: [Tensor] = []

  func adjustLatent(_ latent: Tensor, step: SamplingStep) throws -> Tensor {
    latents.append(latent)
    return latent
  }
}
