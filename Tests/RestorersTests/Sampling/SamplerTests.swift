import Priors
import Restorers
import Synchronization
import TestSupport
import Testing
import Torch

/// Remembers what was reported.
private final class Log<Value: Sendable>: Sendable {
  private let list = Mutex<[Value]>([])
  func add(_ value: Value) { list.withLock { $0.append(value) } }
  var values: [Value] { list.withLock { $0 } }
}

private final class RecordingHook: SamplingHook {
  var events: [String] = []
  let name: String
  let shift: Double
  init(_ name: String, shift: Double = 0) {
    self.name = name
    self.shift = shift
  }

  func adjustClean(_ clean_BCHW: Tensor, latent latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor {
    events.append("\(name) clean \(step.index)")
    return shift == 0 ? clean_BCHW : try clean_BCHW + shift
  }

  func adjustLatent(_ latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor {
    events.append("\(name) latent \(step.index)")
    return latent_BCHW
  }

  func refine(predictedClean clean_BCHW: Tensor, afterStep index: Int) throws {
    events.append("\(name) refine \(index)")
  }
}

struct SamplerTests {
  private static let shape = [1, 4, 6, 5]

  private static func scheduler(_ name: String = DDPMScheduler.className, steps: Int = 4) throws -> any Scheduler {
    try SchedulerConfig.stableDiffusion(name).makeScheduler(steps: steps)
  }

  private static func halving() -> StubDenoiser { StubDenoiser { noisy, _ in try noisy * 0.5 } }

  private static func start(_ seed: UInt64 = 3) throws -> Tensor {
    try SeededNoise(seed: seed).noise(.initial, shape: shape, device: .cpu)
  }

  @Test(arguments: SchedulerRegistry.types.keys.sorted())
  func sameSeedSameLatentToTheBit(name: String) throws {
    let config =
      name == FlowMatchEulerScheduler.className
      ? SchedulerConfig(className: name) : SchedulerConfig.stableDiffusion(name)
    let scheduler = try config.makeScheduler(StepRequest(.count(4), eta: 1, churn: Churn(amount: 2)))
    func run(_ seed: UInt64) throws -> [Float] {
      try Sampler(scheduler, noise: SeededNoise(seed: seed)).run(Self.halving(), from: Self.start()).floats()
    }
    #expect(try run(1) == run(1))
    let isRandom = (0..<4).contains { scheduler.needsNoise($0) || scheduler.churnScale($0) != 0 }
    #expect(try (run(1) != run(2)) == isRandom)
  }

  @Test func asksTheDenoiserAtEachLevelInOrder() throws {
    let scheduler = try Self.scheduler(steps: 5)
    let denoiser = Self.halving()
    _ = try Sampler(scheduler, noise: SeededNoise(seed: 1)).run(denoiser, from: Self.start())
    #expect(denoiser.levels == scheduler.levels)
    let late = Self.halving()
    _ = try Sampler(scheduler, noise: SeededNoise(seed: 1)).run(late, from: Self.start(), startingAt: 3)
    #expect(late.levels == Array(scheduler.levels.suffix(2)))
  }

  @Test func startingAfterTheLastStepGivesTheStart() throws {
    let start = try Self.start()
    let result = try Sampler(Self.scheduler(), noise: SeededNoise(seed: 1)).run(
      Self.halving(), from: start, startingAt: 4)
    #expect(try result.floats() == start.floats())
  }

  @Test func churnReachesTheDenoiser() throws {
    var config = SchedulerConfig.stableDiffusion(EulerDiscreteScheduler.className)
    config.timestepSpacing = "linspace"
    let scheduler = try config.makeScheduler(StepRequest(.count(3), churn: Churn(amount: 1)))
    let start = try Self.start()
    let denoiser = Self.halving()
    _ = try Sampler(scheduler, noise: SeededNoise(seed: 9)).run(denoiser, from: start)
    let noise = try SeededNoise(seed: 9).noise(.churn(0), shape: Self.shape, device: .cpu)
    let expected = try scheduler.churned(start, index: 0, noise: noise)
    #expect(try denoiser.latents[0].floats() == expected.floats())
    #expect(try denoiser.latents[0].floats() != start.floats())
    #expect(denoiser.levels[0].noise > scheduler.arrivalLevel(0).noise)
  }

  @Test func hooksTakePartInOrder() throws {
    let first = RecordingHook("a")
    let scheduler = try Self.scheduler(steps: 2)
    let plain = try Sampler(scheduler, noise: SeededNoise(seed: 1)).run(Self.halving(), from: Self.start()).floats()
    let same = try Sampler(scheduler, noise: SeededNoise(seed: 1), hooks: [first]).run(
      Self.halving(), from: Self.start())
    #expect(first.events == ["a clean 0", "a latent 0", "a refine 0", "a clean 1", "a latent 1"])
    #expect(try same.floats() == plain)
    let shifted = try Sampler(scheduler, noise: SeededNoise(seed: 1), hooks: [RecordingHook("b", shift: 1)])
      .run(Self.halving(), from: Self.start())
    #expect(try shifted.floats() != plain)
  }

  /// Self-refinement changes what the denoiser sees from the second step on, by the clean latent of the step before.
  @Test func refinementReachesTheNextStep() throws {
    final class Condition: Denoiser, SamplingHook {
      var value = 0.0
      var seen: [Double] = []
      func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel) throws -> Tensor {
        seen.append(value)
        return try Tensor.full(noisy_BCHW.shape, level.timestep)
      }
      func refine(predictedClean clean_BCHW: Tensor, afterStep index: Int) throws {
        value = try clean_BCHW.mean().item()
      }
    }
    let condition = Condition()
    let scheduler = try Self.scheduler(RenoisingScheduler.className, steps: 4)
    let result = try Sampler(scheduler, noise: SeededNoise(seed: 1), hooks: [condition]).run(
      condition, from: Self.start())
    #expect(condition.seen == [0, 999, 749, 499])
    #expect(try result.floats().allSatisfy { $0 == 249 })
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func numbersThatAreNotFiniteEndTheRunAndSayWhere(bad: Float) throws {
    let denoiser = StubDenoiser { noisy, level in
      guard level.timestep < 500 else { return try noisy * 0.5 }
      var values = try noisy.floats()
      values[17] = bad
      return try Tensor(values, noisy.shape)
    }
    do {
      _ = try Sampler(Self.scheduler(), noise: SeededNoise(seed: 1)).run(denoiser, from: Self.start())
      Issue.record("a latent that is not finite went through")
    } catch let error as RestorationError {
      #expect(error.code == .notFinite)
      #expect(error.step == 2)
      #expect(
        error.message
          == "the predicted clean latent held NaN or infinity at step 3 of 4 (time 251.0); the networks must run in float32"
      )
    }
    #expect(denoiser.levels.count == 3)
  }

  @Test func hooksMayNotLetBadNumbersThrough() throws {
    struct Breaking: SamplingHook {
      func adjustLatent(_ latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor { try latent_BCHW / 0 }
    }
    do {
      _ = try Sampler(Self.scheduler(), noise: SeededNoise(seed: 1), hooks: [Breaking()])
        .run(Self.halving(), from: Self.start())
      Issue.record("a latent that is not finite went through")
    } catch let error as RestorationError {
      #expect(error.step == 0)
      #expect(error.message.hasPrefix("the latent held NaN or infinity at step 1 of 4"))
    }
  }

  @Test func cancellationEndsTheRunBetweenSteps() throws {
    let asked = Log<Int>()
    let check = CancellationCheck {
      asked.add(1)
      return asked.values.count == 3
    }
    let denoiser = Self.halving()
    #expect(throws: CancellationError.self) {
      try Sampler(Self.scheduler(), noise: SeededNoise(seed: 1), cancellation: check).run(denoiser, from: Self.start())
    }
    #expect(denoiser.levels.count == 2)
  }

  @Test func progressCountsStepsAndTiles() throws {
    let log = Log<SamplingProgress>()
    let progress = ProgressReporter { log.add($0) }
    let plan = try TilePlan(height: 6, width: 5, tile: 4)
    let tiled = TiledDenoiser(plan, progress: progress) { noisy, _, _ in try noisy * 0.5 }
    _ = try Sampler(Self.scheduler(steps: 2), noise: SeededNoise(seed: 1), progress: progress)
      .run(tiled, from: Self.start())
    let tiles = plan.count
    #expect(tiles == 4)
    let places = log.values
    #expect(places.allSatisfy { $0.stage == .denoise && $0.steps == 2 })
    #expect(
      places.map(\.step) == [0] + Array(repeating: 0, count: tiles) + [1] + Array(repeating: 1, count: tiles) + [2])
    #expect(zip(places, places.dropFirst()).allSatisfy { $0.fraction <= $1.fraction })
    #expect(places.first?.fraction == 0)
    #expect(places.last?.fraction == 1)
    #expect(places[2].fraction == 0.25)
  }

  @Test func aStartBeforeTheFirstStepIsRefused() throws {
    do {
      _ = try Sampler(Self.scheduler(), noise: SeededNoise(seed: 1)).run(
        Self.halving(), from: Self.start(), startingAt: -1)
      Issue.record("started at step -1")
    } catch let error as RestorationError {
      #expect(error.message == "sampling was asked to start at step -1")
    }
  }
}
