import Priors
import Restorers
import Torch

/// Whole tiny runs of SeeSR, with and without tiles.
struct SeeSRSamplerComponent: ParityComponent {
  let names = ["seesr-sampler", "seesr-tiled"]

  private struct Arguments: Decodable {
    var num_inference_steps: Int
    var guidance_scale: Double
    var conditioning_scale: Double
    var start_point: String
    var start_steps: Double
    var latent_tiled_size: Int?
    var latent_tiled_overlap: Int?

    func settings(_ passes: GuidancePasses) -> SeeSRSettings {
      var settings = SeeSRSettings()
      settings.steps = num_inference_steps
      settings.guidance = guidance_scale
      settings.controlScale = conditioning_scale
      settings.start = start_point == "noise" ? .noise : .picture(time: start_steps)
      settings.passes = passes
      return settings
    }

    /// The release's tiles: at full stride, with weights that stand half a pixel too low.
    func tiling(latentHeight height: Int, width: Int) throws -> LatentTiling? {
      guard let tile = latent_tiled_size, height * width > tile * tile else { return nil }
      return LatentTiling(
        try TilePlan(
          height: height, width: width, tile: tile, overlap: latent_tiled_overlap ?? 0, placement: .stride),
        window: .unevenGaussian)
    }
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let arguments = try fixture.arguments(as: Arguments.self)
    let parts = try SteeredRunFixture(fixture)
    let loop = SeeSRLoop(parts.networks, parts.codec, schedule: parts.schedule)
    let picture = parts.conditions.picture_BCHW
    let tiling = try arguments.tiling(
      latentHeight: picture.size(2) / parts.codec.factor, width: picture.size(3) / parts.codec.factor)
    var answers: [Answer] = []
    for (way, passes) in [("in turn", GuidancePasses.inTurn), ("together", .together)] {
      let settings = arguments.settings(passes)
      answers += try parts.startAnswers(try loop.scheduler(settings))
      let recorder = StepRecorder()
      let restored = try loop.restore(
        parts.conditions, settings, LatentRun(noise: parts.noise, tiling: tiling, hooks: [recorder]))
      answers.append(Answer("decoded", try restored * 2 - 1, way: way))
      answers.append(Answer("image", try restored.clamped(min: 0, max: 1), way: way))
      let networks = try loop.denoiser(parts.conditions, settings)
      for (index, step) in recorder.steps.enumerated() {
        answers += try [
          ("sample", step.latent), ("noise_pred", step.noise(step.clean)), ("pred_original_sample", step.clean),
          ("prev_sample", step.next), ("controlnet_cond", picture),
        ].map { Answer("step.\(index).\($0)", $1, way: way) }
        guard fixture.outputs.contains("step.\(index).noise_pred_text") else { continue }
        let pair = try networks.predictClean(.concatenated([step.latent, step.latent], axis: 0), at: step.level)
          .chunks(2, axis: 0)
        answers.append(Answer("step.\(index).noise_pred_uncond", try step.noise(pair[0]), way: way))
        answers.append(Answer("step.\(index).noise_pred_text", try step.noise(pair[1]), way: way))
      }
    }
    if let tiling {
      let corners = tiling.plan.tiles.flatMap { [Float($0.top), Float($0.left)] }
      answers.append(Answer("tile_origins_y_x", try Tensor(corners, [tiling.plan.count, 2])))
    }
    return answers.filter { fixture.outputs.contains($0.output) }
  }
}
