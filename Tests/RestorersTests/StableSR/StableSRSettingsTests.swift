import Priors
import Restorers
import Testing
import Torch

struct StableSRSettingsTests {
  private func scheduler(
    _ settings: StableSRSettings, _ parametrisation: Parametrisation = .epsilon
  ) throws -> any Scheduler {
    try AggregationSampling(settings, parametrisation, LatentRun(noise: SeededNoise(seed: 1))).scheduler
  }

  private func settings(_ steps: Int, _ method: StableSRSettings.Method = .ancestral) -> StableSRSettings {
    var settings = StableSRSettings()
    settings.steps = steps
    settings.method = method
    return settings
  }

  @Test func timesAreSpreadFromEndToEnd() throws {
    let times = try scheduler(settings(200)).levels.map(\.timestep)
    #expect(times.count == 200)
    #expect(times.prefix(3) == [999, 994, 989])
    #expect(times.suffix(4) == [15, 10, 5, 0])
    #expect(try scheduler(settings(4)).levels.map(\.timestep) == [999, 666, 333, 0])
  }

  /// One step of 200 and of 4, computed from the formula in double precision.
  @Test(arguments: [
    (200, 0, 0.00412836, 0.97007411, 0.05839240), (200, 99, 0.01738199, 0.97891291, 0.02362466),
    (4, 1, 0.65675499, 0.23030527, 0.41757093), (4, 2, 0.99859667, 0.00133745, 8.491682e-4), (4, 3, 1, 0, 0),
  ])
  func ancestralStepsOfTheChain(steps: Int, index: Int, clean: Double, sample: Double, variance: Double) throws {
    let weights = try scheduler(settings(steps)).coefficients(index, hasPrevious: true)
    #expect(abs(weights.clean - clean) < 5e-6)
    #expect(abs(weights.sample - sample) < 5e-6)
    #expect(abs(weights.noise * weights.noise - variance) < 5e-6)
  }

  /// The release's DDIM tells the network other times than its noise levels belong to.
  @Test(arguments: [0.0, 1])
  func implicitStepsHaveOneListOfTimes(eta: Double) throws {
    let implicit = try scheduler(settings(20, .implicit(eta: eta)), .velocity)
    let ancestral = try scheduler(settings(20), .velocity)
    #expect(implicit.levels == ancestral.levels)
    let schedule = try DiffusionSchedule(.stableDiffusion())
    for (index, level) in implicit.levels.enumerated() {
      #expect(level == (try schedule.level(level.timestep)))
      // Noise-free data keeps its level: what a step makes of pure signal and noise is at the next listed time.
      let weights = implicit.coefficients(index, hasPrevious: true)
      let next = index + 1 < implicit.levels.count ? implicit.levels[index + 1] : implicit.finalLevel
      #expect(abs(weights.clean + weights.sample * level.signal - next.signal) < 1e-6)
      let noise = weights.sample * level.noise
      #expect(abs((noise * noise + weights.noise * weights.noise).squareRoot() - next.noise) < 1e-6)
    }
    #expect(implicit.finalLevel.noise == 0)
    #expect(implicit.coefficients(19, hasPrevious: true).sample == 0)
    #expect((implicit.coefficients(3, hasPrevious: true).noise > 0) == (eta > 0))
  }

  @Test func stochasticImplicitStepsAddAsMuchNoiseAsAncestralOnes() throws {
    let implicit = try scheduler(settings(20, .implicit(eta: 1)))
    let ancestral = try scheduler(settings(20))
    for index in 0..<19 {
      let (a, b) = (
        implicit.coefficients(index, hasPrevious: true).noise, ancestral.coefficients(index, hasPrevious: true).noise
      )
      #expect(abs(a - b) < 1e-6)
    }
  }

  @Test func moreStepsThanTimesAreRefused() {
    let error = #expect(throws: SchedulerError.self) { try scheduler(settings(1001)) }
    #expect(error.map { "\($0)" } == "1001 steps were asked for; this noise schedule allows 1 to 1000")
  }

  @Test func releasesAreSampledAsTheirAuthorsDo() {
    #expect(StableSRVariant.base512.settings.steps == 200)
    #expect(StableSRVariant.base512.settings.method == .ancestral)
    #expect(StableSRVariant.base512.settings.weight == 0.5)
    #expect(StableSRVariant.base512.settings.guidance == 1)
    #expect(StableSRVariant.turbo.settings.steps == 4)
    let large = StableSRVariant.velocity768
    #expect(large.parametrisation == .velocity && large.tileSide == 96 && large.tileOverlap == 48)
    #expect(large.settings.steps == 20 && large.settings.method == .implicit(eta: 1))
    #expect(large.settings.guidance == 7 && large.settings.weight == 0)
  }

  @Test func tilesAreThoseOfTheRelease() throws {
    let tiling = try #require(try StableSRVariant.base512.tiling(height: 96, width: 136))
    #expect(tiling.window == .gaussian)
    #expect(tiling.plan.tiles.map(\.left).prefix(9) == [0, 0, 32, 32, 64, 64, 72, 72])
    #expect(tiling.plan.tiles.prefix(2).map(\.top) == [0, 32])
    #expect(tiling.plan.tileHeight == 64 && tiling.plan.tileWidth == 64)
    #expect(try StableSRVariant.base512.tiling(height: 64, width: 40) == nil)
    let large = try #require(try StableSRVariant.velocity768.tiling(height: 96, width: 144))
    #expect(large.plan.tiles.map(\.left) == [0, 48])
    let small = try #require(try StableSRVariant.base512.tiling(height: 64, width: 40, side: 32, window: .cosine))
    #expect(small.plan.tiles.prefix(3).map(\.top) == [0, 16, 32])
    #expect(small.window == .cosine)
  }
}
