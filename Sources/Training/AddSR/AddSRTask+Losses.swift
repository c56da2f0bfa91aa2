internal import Priors
internal import Restorers
public import Torch

extension AddSRTask {
  /// What a pass looks at.
  private struct Look {
    let picture_BCHW: Tensor
    let tokens_BLD: Tensor
  }

  /// A batch as both networks get it.
  private struct Scene {
    let high_BCHW: Tensor
    let latent_BCHW: Tensor
    let noise_BCHW: Tensor
    let text_BLD: Tensor
    let low: Look
  }

  /// The student's answer.
  private struct Answer {
    let latent_BCHW: Tensor
    /// How much the teacher's word on it counts, of each row.
    let weights: [Double]
  }

  /// Two losses: the student's, `mean(weight · c(t) · |student - teacher|²) + lambda · adversarial`, and the
  /// discriminator's.
  ///
  /// The teacher answers for the student's own clean latent with noise of a time t; `c(t)` is the signal at it.
  public func losses(_ model: Model, _ batch: PictureBatch, random: Generator) throws -> StepLosses {
    let scene = try scene(try batch.on(device), random: random)
    let answer = try answer(of: model.student, scene, random: random)
    let inPixels = recipe.objective.space == .pixels
    let seesPixels = model.discriminator != nil && recipe.model.discriminator.features == .tagger
    let picture_BCHW = inPixels || seesPixels ? try prior.codec.decode(answer.latent_BCHW) : nil

    let times = try schedule.evenLevels(batch.count, random: random)
    let taught_BCHW = try withoutGradient {
      let taught_BCHW = try taught(answer.latent_BCHW, at: times, scene)
      return inPixels ? try prior.codec.decode(taught_BCHW) : taught_BCHW
    }
    let distillation = try DistillationLoss.value(
      (inPixels ? picture_BCHW : nil) ?? answer.latent_BCHW, target_BCHW: taught_BCHW,
      weights: zip(answer.weights, times).map { $0 * $1.signal })
    guard let discriminator = model.discriminator else {
      return StepLosses(distillation, parts: ["distillation": distillation])
    }

    let condition_BD = try scene.low.tokens_BLD.selected(1, 0)
    let made: [Tensor]
    let real: [Tensor]
    if seesPixels, let picture_BCHW {
      let view = try DiscriminatorView(random: random)
      made = try view.maps(of: picture_BCHW, tagger)
      real = try withoutGradient { try view.maps(of: scene.high_BCHW, tagger) }
    } else {
      let view = try DiscriminatorView(
        of: scene.latent_BCHW, schedule, noise: recipe.model.discriminator.noise, random: random)
      let conditioning = conditioning(scene.text_BLD, scene.low)
      made = try view.maps(of: answer.latent_BCHW, teacher.unet, conditioning)
      real = try withoutGradient { try view.maps(of: scene.latent_BCHW, teacher.unet, conditioning) }
    }
    let adversarial = try HingeLoss.generator(made: discriminator(made, condition_BD: condition_BD))
    let seen = try made.map { try $0.detached() }
    let judgement = try HingeLoss.discriminator(
      real: discriminator(real, condition_BD: condition_BD), made: discriminator(seen, condition_BD: condition_BD))
    return StepLosses(
      byPhase: [try distillation + adversarial * recipe.objective.adversarial, judgement],
      parts: ["distillation": distillation, "adversarial": adversarial, "discriminator": judgement])
  }

  private func scene(_ batch: PictureBatch, random: Generator) throws -> Scene {
    let captions = recipe.objective.tags ? try batch.captions(taggedBy: tagger) : batch.captions
    let texts = try PromptDropping.apply(captions, share: recipe.objective.drop, random: random)
    let latent_BCHW = try prior.codec.draw(of: batch.high_BCHW, random: random)
    let noise_BCHW = try Tensor.randn(latent_BCHW.shape, generator: random, device: .cpu).to(device: device)
    return try withoutGradient {
      Scene(
        high_BCHW: batch.high_BCHW, latent_BCHW: latent_BCHW, noise_BCHW: noise_BCHW,
        text_BLD: try .concatenated(try prompts(texts), axis: 0),
        low: Look(picture_BCHW: try batch.enlarged_BCHW(), tokens_BLD: try tagger.tokens(of: batch.low_BCHW)))
    }
  }

  /// The student's answer at its first time, or, in part of the batches, at later ones of which each row has its own.
  private func answer(of student: SteeredUNet, _ scene: Scene, random: Generator) throws -> Answer {
    let objective = recipe.objective
    let rows = scene.latent_BCHW.size(0)
    let draws = try Tensor.rand([1 + rows], generator: random).doubles()
    let passes = levels.count > 1 && draws[0] < objective.twoPass ? 2 : 1
    let places = draws.dropFirst().map { draw in
      passes == 1 ? 0 : 1 + min(Int(draw * Double(levels.count - 1)), levels.count - 2)
    }
    var look = scene.low
    if passes == 2, objective.refinement > 0 {
      look = try withoutGradient {
        let before = places.map { levels[$0 - 1] }
        let first_BCHW = try clean(
          student, before.noised(scene.latent_BCHW, with: scene.noise_BCHW), before, scene.text_BLD, scene.low)
        let predicted_BCHW = try prior.codec.decode(first_BCHW).clamped(min: 0, max: 1)
        let mixed_BCHW = try scene.low.picture_BCHW.to(.float32).lerp(
          to: predicted_BCHW, weight: objective.refinement)
        return Look(picture_BCHW: mixed_BCHW, tokens_BLD: try tagger.refinedTokens(of: mixed_BCHW))
      }
    }
    let now = places.map { levels[$0] }
    return Answer(
      latent_BCHW: try clean(
        student, now.noised(scene.latent_BCHW, with: scene.noise_BCHW), now, scene.text_BLD, look),
      weights: places.map { objective.timestepWeight.weight(at: $0, passes: passes, of: levels.count) })
  }

  /// What the teacher, who sees the high-quality picture, makes of the student's answer with the same noise in it.
  private func taught(_ answer_BCHW: Tensor, at times: [NoiseLevel], _ scene: Scene) throws -> Tensor {
    let high = Look(picture_BCHW: scene.high_BCHW, tokens_BLD: try tagger.tokens(of: scene.high_BCHW))
    return try clean(
      teacher, times.noised(answer_BCHW.detached(), with: scene.noise_BCHW), times, scene.text_BLD, high)
  }

  /// One pass of both networks, to the clean latent.
  private func clean(
    _ networks: SteeredUNet, _ noisy_BCHW: Tensor, _ levels: [NoiseLevel], _ text_BLD: Tensor, _ look: Look
  ) throws -> Tensor {
    let conditioning = conditioning(text_BLD, look)
    let timestep_B = try levels.timesteps(device)
    let residuals = try networks.controlNet(
      noisy_BCHW, timestep_B: timestep_B, condition: networks.controlNet.embed(look.picture_BCHW),
      conditioning: conditioning)
    let output_BCHW = try networks.unet(
      noisy_BCHW, timestep_B: timestep_B, conditioning: conditioning, residuals: residuals)
    return try levels.clean(from: output_BCHW.to(.float32), noisy_BCHW: noisy_BCHW, parametrisation)
  }

  private func conditioning(_ text_BLD: Tensor, _ look: Look) -> UNetConditioning {
    UNetConditioning(text: Context(text_BLD), image: Context(look.tokens_BLD))
  }

  /// Low-quality, restored and original pictures side by side: as `burnish restore` restores them, at all times.
  public func preview(_ model: Model, _ batch: PictureBatch) throws -> Tensor? {
    try withoutGradient {
      let batch = try batch.on(device)
      let enlarged_BCHW = try batch.enlarged_BCHW()
      let (loop, levels) = try SteeredWeights.loop(model.student, prior.codec, schedule: prior.schedule)
      var settings = AddSRSettings()
      settings.steps = levels.count
      let rows = try (0..<min(batch.count, 4)).map { row in
        func only(_ x_BCHW: Tensor) throws -> Tensor { try x_BCHW.narrowed(0, from: row, length: 1) }
        let (low, before) = (try only(batch.low_BCHW), try only(enlarged_BCHW))
        let conditions = SteeredConditions(
          picture_BCHW: before, prompt_BLD: try prompts([tagger.words(of: low)])[0],
          imageTokens_BLD: try tagger.tokens(of: low))
        let after = try loop.restore(conditions, settings, LatentRun(noise: SeededNoise(seed: recipe.seed))) {
          try tagger.refinedTokens(of: $0)
        }
        return try Tensor.concatenated([before, after.clamped(min: 0, max: 1), only(batch.high_BCHW)], axis: 3)
      }
      return try .concatenated(rows, axis: 0)
    }
  }
}
