import Foundation
import Priors
import TestSupport
import Testing
import Torch

@testable import Restorers

struct RestorationSamplingTests {
  private static let shape = [1, 4, 6, 5]

  private static func random(_ seed: UInt64) throws -> Tensor { try .randn(shape, generator: Generator(seed: seed)) }

  private static func settings(
    _ weight: Double, _ breakPoint: Double, _ target: RestorationSampling.Target = .clean,
    _ progress: RestorationSampling.Progress = .index
  ) -> RestorationSampling.Settings {
    var settings = RestorationSampling.Settings()
    (settings.weight, settings.breakPoint, settings.target, settings.progress) = (weight, breakPoint, target, progress)
    return settings
  }

  static let schedulers = [
    EulerDiscreteScheduler.className, DDIMScheduler.className, DPMSolverMultistepScheduler.className,
    FlowMatchEulerScheduler.className,
  ]

  private static func scheduler(_ name: String, steps: Int) throws -> any Scheduler {
    let config =
      name == FlowMatchEulerScheduler.className
      ? SchedulerConfig(className: name) : SchedulerConfig.stableDiffusion(name)
    return try config.makeScheduler(steps: steps)
  }

  /// A run of a denoiser that shrinks the latent, with what was chosen.
  private static func run(
    _ scheduler: any Scheduler, _ settings: RestorationSampling.Settings?, low: Tensor
  ) throws -> Tensor {
    let hooks = try settings.map { [try RestorationSampling(towards: low, $0, scheduler: scheduler)] } ?? []
    let start = try scheduler.initialLatent(noise: random(1))
    return try Sampler(scheduler, noise: SeededNoise(seed: 1), hooks: hooks).run(
      StubDenoiser { noisy, level in try noisy * (0.5 / max(level.magnitude, 1)) }, from: start)
  }

  @Test func theStrengthIsALineAboveTheBreakPoint() {
    for breakPoint in [0, 0.3, 0.8] {
      let settings = Self.settings(1, breakPoint)
      #expect(settings.strength(at: 1) == 1)
      #expect(settings.strength(at: breakPoint) == 0)
      #expect(settings.strength(at: breakPoint / 2) == 0)
      #expect(abs(settings.strength(at: (1 + breakPoint) / 2) - 0.5) < 1e-12)
      let line = (0...100).map { settings.strength(at: Double($0) / 100) }
      #expect(zip(line, line.dropFirst()).allSatisfy { $0 <= $1 } && line.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test(arguments: schedulers, RestorationSampling.Target.allCases)
  func noWeightLeavesTheBits(_ name: String, _ target: RestorationSampling.Target) throws {
    let scheduler = try Self.scheduler(name, steps: 5)
    let low = try Self.random(2)
    let plain = try Self.run(scheduler, nil, low: low).floats()
    #expect(try Self.run(scheduler, Self.settings(0, 0.2, target), low: low).floats() == plain)
    #expect(try Self.run(scheduler, Self.settings(0.5, 0.2, target), low: low).floats() != plain)
  }

  /// The whole weight at every step: the answer is the low-quality latent, whatever the network says. (DDIM as published
  /// ends at a level that still holds a little noise.)
  @Test(arguments: schedulers.filter { $0 != DDIMScheduler.className })
  func aWholeWeightGivesTheLowQualityLatent(_ name: String) throws {
    let low = try Self.random(2)
    for steps in [1, 5] {
      let scheduler = try Self.scheduler(name, steps: steps)
      let hook = try RestorationSampling(towards: low, Self.settings(1, 0), scheduler: scheduler)
      // As if each step were the first of its run: g is 1 there.
      struct Whole: SamplingHook {
        let hook: RestorationSampling
        func adjustClean(_ clean_BCHW: Tensor, latent latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor {
          let first = SamplingStep(index: 0, count: step.count, level: step.level, nextLevel: step.nextLevel)
          return try hook.adjustClean(clean_BCHW, latent: latent_BCHW, step: first)
        }
      }
      let start = try scheduler.initialLatent(noise: Self.random(1))
      let found = try Sampler(scheduler, noise: SeededNoise(seed: 1), hooks: [Whole(hook: hook)]).run(
        StubDenoiser { noisy, _ in try noisy * 0.1 + 3 }, from: start)
      #expect(try Difference(found, low, absolute: 1e-5, relative: 1e-5).isClose)
    }
  }

  private static func step(_ index: Int, of scheduler: any Scheduler) -> SamplingStep {
    let levels = scheduler.levels
    return SamplingStep(
      index: index, count: levels.count, level: levels[index],
      nextLevel: index + 1 < levels.count ? levels[index + 1] : scheduler.finalLevel)
  }

  @Test func theCleanLatentIsPulledByTheStepsLeft() throws {
    let scheduler = try Self.scheduler(FlowMatchEulerScheduler.className, steps: 4)
    let (low, clean) = (try Self.random(2), try Self.random(3))
    let hook = try RestorationSampling(towards: low, Self.settings(0.8, 0.5), scheduler: scheduler)
    // s is 1, 3/4, 1/2, 1/4 before the four steps; g is 1, 1/2, 0, 0.
    for (index, weight) in [0.8, 0.4, 0, 0].enumerated() {
      let found = try hook.adjustClean(clean, latent: low, step: Self.step(index, of: scheduler))
      #expect(try Difference(found, clean + (low - clean) * weight, absolute: 1e-6, relative: 0).isClose)
      // The other target's turn: nothing.
      #expect(try hook.adjustLatent(clean, step: Self.step(index, of: scheduler)).floats() == clean.floats())
    }
  }

  @Test func theLatentIsPulledByTheStepsLeftAfterIt() throws {
    let scheduler = try Self.scheduler(FlowMatchEulerScheduler.className, steps: 4)
    let (low, latent) = (try Self.random(2), try Self.random(3))
    let hook = try RestorationSampling(towards: low, Self.settings(0.8, 0.5, .latent), scheduler: scheduler)
    for (index, weight) in [0.4, 0, 0, 0].enumerated() {
      let found = try hook.adjustLatent(latent, step: Self.step(index, of: scheduler))
      #expect(try Difference(found, latent + (low - latent) * weight, absolute: 1e-6, relative: 0).isClose)
      #expect(
        try hook.adjustClean(latent, latent: low, step: Self.step(index, of: scheduler)).floats() == latent.floats())
    }
  }

  /// Where noise grows and the signal stays, the latent is as long as √(1 + σ²): it is compared at unit length.
  @Test func aLongLatentIsBroughtToUnitLength() throws {
    let scheduler = try Self.scheduler(EulerDiscreteScheduler.className, steps: 4)
    let (low, latent) = (try Self.random(2), try Self.random(3) * 9)
    let hook = try RestorationSampling(towards: low, Self.settings(0.8, 0.5, .latent), scheduler: scheduler)
    let step = Self.step(0, of: scheduler)
    let length = (1 + step.nextLevel.noise * step.nextLevel.noise).squareRoot()
    #expect(length > 1.5)
    let expected = try (latent / length + (low - latent / length) * 0.4) * length
    #expect(try Difference(hook.adjustLatent(latent, step: step), expected, absolute: 1e-5, relative: 1e-6).isClose)
  }

  @Test func progressMayFollowSigma() throws {
    let low = try Self.random(2)
    var config = SchedulerConfig(className: FlowMatchEulerScheduler.className)
    config.shift = 3
    let scheduler = try config.makeScheduler(steps: 4)
    let clean = try Self.random(3)
    let hook = try RestorationSampling(towards: low, Self.settings(1, 0.5, .clean, .sigma), scheduler: scheduler)
    for index in 0..<4 {
      let sigma = scheduler.levels[index].noise
      let weight = max((sigma - 0.5) / 0.5, 0)
      let found = try hook.adjustClean(clean, latent: low, step: Self.step(index, of: scheduler))
      #expect(try Difference(found, clean + (low - clean) * weight, absolute: 1e-5, relative: 0).isClose)
    }
    // Whatever the form of the schedule, a run begins with the whole strength.
    for name in Self.schedulers {
      let scheduler = try Self.scheduler(name, steps: 4)
      let hook = try RestorationSampling(towards: low, Self.settings(1, 0.5, .clean, .sigma), scheduler: scheduler)
      let found = try hook.adjustClean(clean, latent: low, step: Self.step(0, of: scheduler))
      #expect(try Difference(found, low, absolute: 1e-6, relative: 0).isClose)
    }
  }

  @Test func oneLowQualityLatentServesAllRows() throws {
    let scheduler = try Self.scheduler(FlowMatchEulerScheduler.className, steps: 1)
    let low = try Self.random(2)
    let hook = try RestorationSampling(towards: low, Self.settings(1, 0.5), scheduler: scheduler)
    let pair = try Tensor.concatenated([Self.random(3), Self.random(4)], axis: 0)
    let found = try hook.adjustClean(pair, latent: pair, step: Self.step(0, of: scheduler))
    #expect(try found.floats() == Tensor.concatenated([low, low], axis: 0).floats())
  }

  @Test(
    arguments: [
      (1.5, 0.5, "restoration sampling with a weight of 1.5: it goes from 0 (off) to 1 (replaces)"),
      (-0.1, 0.5, "restoration sampling with a weight of -0.1: it goes from 0 (off) to 1 (replaces)"),
      (.nan, 0.5, "restoration sampling with a weight of nan: it goes from 0 (off) to 1 (replaces)"),
      (
        0.5, 1.0,
        "restoration sampling with a break point of 1.0: it goes from 0 (pulls to the end) to below 1"
      ),
    ])
  func settingsOutOfRangeAreRefused(_ weight: Double, _ breakPoint: Double, _ message: String) throws {
    let scheduler = try Self.scheduler(FlowMatchEulerScheduler.className, steps: 1)
    let error = #expect(throws: RestorationError.self) {
      try RestorationSampling(
        towards: Self.random(2), Self.settings(weight, breakPoint), scheduler: scheduler)
    }
    #expect(error?.message == message)
  }

  @Test func aLatentOfAnotherSizeIsRefused() throws {
    let scheduler = try Self.scheduler(FlowMatchEulerScheduler.className, steps: 1)
    let hook = try RestorationSampling(towards: .ones([1, 4, 3, 5]), Self.settings(1, 0), scheduler: scheduler)
    let error = #expect(throws: RestorationError.self) {
      try hook.adjustClean(Self.random(1), latent: Self.random(1), step: Self.step(0, of: scheduler))
    }
    #expect(
      error?.message
        == "restoration sampling of a latent of shape [1, 4, 6, 5] towards one of shape [1, 4, 3, 5]: give the "
        + "low-quality picture's latent in the same size")
  }
}
