import Checkpoints
import Priors
import TestSupport
import Testing
import Torch

@testable import Training

/// Losses against PyTorch: `Tests/Fixtures/Training/make-objectives.py`.
struct ObjectiveTests {
  private let file: SafetensorsFile

  init() throws {
    try useOneThread()
    file = try SafetensorsFile(path: Fixture.path("Training/objectives.safetensors"))
  }

  private func tensor(_ key: String) throws -> Tensor { try file.tensor(key).cloned() }

  @Test func flowIsThatOfPyTorch() throws {
    let draw = try FlowObjective.draw(
      tensor("flow/clean"), noise_BCHW: tensor("flow/noise"), times: tensor("flow/times").doubles())
    #expect(try isClose(draw.noisy_BCHW, tensor("flow/noisy")))
    #expect(try isClose(draw.target_BCHW, tensor("flow/target")))
    #expect(try isClose(draw.timestep_B, tensor("flow/times") * 1000))
    let guess = try tensor("flow/guess").requiresGradient(true)
    let loss = try guess.meanSquaredError(draw.target_BCHW)
    #expect(try isClose(loss, tensor("flow/loss")))
    #expect(
      try isClose(
        #require(gradients(of: [loss], withRespectTo: [guess])[0]), tensor("flow/gradient"), absolute: 1e-9))
  }

  @Test func hingeIsThatOfPyTorch() throws {
    let (real, made) = (
      try tensor("hinge/real").requiresGradient(true), try tensor("hinge/made").requiresGradient(true)
    )
    let paid = try HingeLoss.discriminator(real: real, made: made)
    #expect(try isClose(paid, tensor("hinge/discriminator")))
    let found = try gradients(of: [paid], withRespectTo: [real, made])
    #expect(try isClose(#require(found[0]), tensor("hinge/real_gradient")))
    #expect(try isClose(#require(found[1]), tensor("hinge/made_gradient")))
    let earned = try HingeLoss.generator(made: made)
    #expect(try isClose(earned, tensor("hinge/generator")))
    #expect(
      try isClose(
        #require(gradients(of: [earned], withRespectTo: [made])[0]), tensor("hinge/generator_gradient")))
  }

  /// Each density by its name, with the numbers that it takes.
  @Test func timesAreDrawnFromTheDensity() throws {
    func times(_ change: (inout TimesRecipe) -> Void) throws -> [Double] {
      var recipe = TimesRecipe()
      change(&recipe)
      let objective = FlowObjective(times: try recipe.density())
      let draw = try objective.draw(Tensor.zeros([4000, 1, 1, 1]), random: Generator(seed: 3))
      return try draw.timestep_B.doubles().map { $0 / 1000 }
    }
    func share(below limit: Double, _ times: [Double]) -> Double { Double(times.count { $0 < limit }) / 4000 }
    // Four standard deviations of 4000 draws.
    let allowed = 4 * 0.5 / 63.2
    let usual = try times { _ in }
    // The logistic function of a quartile of the normal distribution.
    #expect(abs(share(below: 0.3375, usual) - 0.25) < allowed && abs(share(below: 0.5, usual) - 0.5) < allowed)
    #expect(try times { _ in } == usual)
    let even = try times { $0.name = "uniform" }
    #expect(abs(share(below: 0.3, even) - 0.3) < allowed && Set(even).count > 3900)
    #expect(share(below: 0.5, try times { $0.mean = 1 }) < 0.25)
    #expect(share(below: 0.5, try times { $0.name = "shifted" }) < 0.35)
  }

  /// Rows at times of their own; the same numbers as one row alone.
  @Test(arguments: [Parametrisation.epsilon, .velocity, .clean])
  func diffusionFollowsTheSchedule(parametrisation: Parametrisation) throws {
    var schedule = SchedulerConfig.stableDiffusion()
    schedule.predictionType = parametrisation.rawValue
    let objective = try DiffusionObjective(schedule)
    let (clean, noise) = (try tensor("flow/clean"), try tensor("flow/noise"))
    let table = try DiffusionSchedule(schedule)
    let levels = try [0.0, 249, 700, 999].map { try table.level($0) }
    let draw = try objective.draw(clean, noise_BCHW: noise, levels: levels)
    for (row, level) in levels.enumerated() {
      func only(_ tensor: Tensor) throws -> Tensor { try tensor.narrowed(0, from: row, length: 1) }
      #expect(try isClose(only(draw.noisy_BCHW), level.noised(only(clean), with: only(noise))))
      let target = try parametrisation.target(clean: only(clean), noise: only(noise), at: level)
      #expect(try isClose(only(draw.target_BCHW), target))
    }
    #expect(try draw.timestep_B.floats() == [0, 249, 700, 999])
  }

  @Test func timesAreDrawnEvenly() throws {
    let objective = try DiffusionObjective(.stableDiffusion())
    let times = try objective.draw(Tensor.zeros([4000, 1, 1, 1]), random: Generator(seed: 3)).timestep_B.doubles()
    let mean = times.reduce(0, +) / 4000
    // Four standard deviations of a mean of 4000.
    #expect(abs(mean - 499.5) < 4 * 288.7 / 63.2 && times.allSatisfy { (0...999).contains($0) })
    #expect(times.min() ?? 99 < 5 && times.max() ?? 0 > 994)
  }

  @Test(arguments: [(0.0, 0), (1.0, 400), (0.25, 100)])
  func promptsAreLeftOutInTheirShare(share: Double, wanted: Int) throws {
    let prompts = Array(repeating: "a house", count: 400)
    let left = try PromptDropping.apply(prompts, share: share, random: Generator(seed: 8))
    // Four standard deviations of 400 draws.
    #expect(abs(left.count { $0.isEmpty } - wanted) <= (share == 0 || share == 1 ? 0 : 35))
  }
}
