import Checkpoints
import Priors
import Restorers
import Synchronization
import TestSupport
import Testing
import Torch

struct SeeSRLoopTests {
  private let tiny: TinySteered
  private let loop: SeeSRLoop

  init() throws {
    tiny = try TinySteered()
    loop = SeeSRLoop(tiny.networks, tiny.codec)
  }

  private func settings(_ change: (inout SeeSRSettings) -> Void = { _ in }) -> SeeSRSettings {
    var settings = SeeSRSettings()
    settings.steps = 3
    change(&settings)
    return settings
  }

  private func restore(
    _ settings: SeeSRSettings, seed: UInt64 = 1, _ conditions: SteeredConditions? = nil, hooks: [any SamplingHook] = []
  ) throws -> Tensor {
    try loop.restore(
      conditions ?? tiny.conditions, settings, LatentRun(noise: SeededNoise(seed: seed), hooks: hooks))
  }

  @Test(arguments: [1, 2, 5])
  func takesTheStepsAskedFor(steps: Int) throws {
    let log = StepLog()
    _ = try restore(settings { $0.steps = steps }, hooks: [log])
    #expect(log.times == (0..<steps).reversed().map { Double($0 * (1000 / steps) + 1) })
  }

  @Test func theReleaseTakesFiftySteps() throws {
    let times = try loop.scheduler(SeeSRSettings()).levels.map(\.timestep)
    #expect(times.count == 50)
    #expect(times.prefix(2) == [981, 961])
    #expect(times.last == 1)
  }

  @Test func theSeedFixesEverything() throws {
    let first = try restore(settings())
    #expect(first.shape == [1, 3, 64, 64])
    #expect(try restore(settings()).floats() == first.floats())
    #expect(try distance(restore(settings(), seed: 2), first) > 1e-4)
  }

  @Test func guidanceOfOneIsNone() throws {
    var alone = tiny.conditions
    alone.negativePrompt_BLD = nil
    let expected = try restore(settings { $0.guidance = 1 }, alone).floats()
    for guidance in [1, 0.5, 0] {
      #expect(try restore(settings { $0.guidance = guidance }).floats() == expected, "\(guidance)")
    }
    #expect(try restore(settings { $0.guidance = 1.001 }).floats() != expected)
  }

  @Test func guidanceReachesThePicture() throws {
    let weak = try restore(settings { $0.guidance = 2 })
    #expect(try distance(restore(settings { $0.guidance = 5.5 }), weak) > 1e-4)
    var other = tiny.conditions
    other.negativePrompt_BLD = try #require(tiny.conditions.negativePrompt_BLD) * 2
    #expect(try distance(restore(settings { $0.guidance = 2 }, other), weak) > 1e-5)
  }

  @Test func guidanceNeedsANegativePrompt() throws {
    var alone = tiny.conditions
    alone.negativePrompt_BLD = nil
    let error = #expect(throws: RestorationError.self) { try restore(settings(), alone) }
    #expect(error?.message.hasPrefix("guidance was asked for without a negative prompt") == true)
  }

  @Test func bothWaysOfGuidanceAgree() throws {
    let together = try restore(settings { $0.passes = .together })
    let inTurn = try restore(settings { $0.passes = .inTurn })
    #expect(try Difference(together, inTurn, absolute: 2e-4, relative: 2e-4).isClose)
  }

  @Test func theControlScaleReachesThePicture() throws {
    #expect(try distance(restore(settings { $0.controlScale = 0.5 }), restore(settings())) > 1e-4)
  }

  /// A start in the middle of the schedule leaves the noisier steps out.
  @Test func aLateStartLeavesStepsOut() throws {
    let log = StepLog()
    let late = try restore(
      settings {
        $0.steps = 10
        $0.start = .picture(time: 450)
      }, hooks: [log])
    #expect(log.times == [401, 301, 201, 101, 1])
    #expect(try distance(late, restore(settings { $0.steps = 10 })) > 1e-4)
    let noise = SeededNoise(seed: 1)
    let clean = try withoutGradient { try tiny.codec.encode(tiny.conditions.picture_BCHW, noise: noise) }
    let expected = try DiffusionSchedule(.stableDiffusion()).level(450).noised(
      clean, with: noise.noise(.initial, shape: clean.shape, device: .cpu))
    #expect(try distance(log.latents[0], expected) < 1e-6)
  }

  @Test func aStartBelowTheLastStepIsRefused() throws {
    let error = #expect(throws: RestorationError.self) { try restore(settings { $0.start = .picture(time: 0) }) }
    #expect(
      error?.message == "a run was to start at time 0.0, but the last of its 3 steps is at time 1.0: "
        + "start at a later time or take more steps")
  }

  @Test func mayStartFromNoiseAlone() throws {
    let log = StepLog()
    _ = try restore(settings { $0.start = .noise }, seed: 7, hooks: [log])
    let expected = try SeededNoise(seed: 7).noise(.initial, shape: [1, 4, 8, 8], device: .cpu)
    #expect(try log.latents[0].floats() == expected.floats())
  }

  /// SD-Turbo's schedule is written for Euler; SeeSR runs it as DDPM, two steps from the last time.
  @Test func turboTakesTwoStepsWithoutGuidance() throws {
    var schedule = SchedulerConfig.stableDiffusion(EulerDiscreteScheduler.className)
    schedule.timestepSpacing = TimestepSpacing.trailing.rawValue
    let turbo = SeeSRLoop(tiny.networks, tiny.codec, schedule: schedule)
    var alone = tiny.conditions
    alone.negativePrompt_BLD = nil
    let log = StepLog()
    _ = try turbo.restore(alone, .turbo, LatentRun(noise: SeededNoise(seed: 1), hooks: [log]))
    #expect(log.times == [999, 499])
    #expect(try turbo.scheduler(.turbo) is DDPMScheduler)
  }

  /// 686 tensors of the base, 416 of SeeSR, as the whole U-Net has.
  @Test func turboTakesTheImageTransformersFromSeeSR() throws {
    var config = UNetConfig()
    let turbo = ParameterRecorder()
    _ = try UNet2DCondition(ParameterLoader(turbo).root, config)
    config.imageCrossAttentionWidth = 512
    let seesr = ParameterRecorder()
    _ = try UNet2DCondition(ParameterLoader(seesr).root, config)
    func source(_ recorder: ParameterRecorder, _ name: String) throws -> ParameterDictionary {
      ParameterDictionary(try recorder.shapes.mapValues { try .empty($0, device: .meta) }, name: name)
    }
    let merged = try SeeSRLoop.turboUNet(source(turbo, "turbo"), imageAttentionsFrom: source(seesr, "seesr"))
    #expect(merged.keys.count == 1102)
    let loader = ParameterLoader(merged)
    _ = try UNet2DCondition(loader.root, config)
    #expect(loader.finish().isClean)
    // Without SeeSR's file nothing stands in for them.
    let loaderAlone = ParameterLoader(
      try SeeSRLoop.turboUNet(source(seesr, "both"), imageAttentionsFrom: source(turbo, "none")))
    _ = try UNet2DCondition(loaderAlone.root, config)
    #expect(loaderAlone.finish().missing.count == 416)
  }

  @Test func oneTileIsTheWhole() throws {
    let plan = try TilePlan(height: 8, width: 8, tile: 8)
    let tiled = try loop.restore(
      tiny.conditions, settings(), LatentRun(noise: SeededNoise(seed: 1), tiling: LatentTiling(plan)))
    #expect(try tiled.floats() == restore(settings()).floats())
  }

  /// The networks are asked about every tile at every step, yet see each part of the picture once.
  @Test func tilesAreEmbeddedOnceARun() throws {
    let encoder = CountingEncoder()
    let tiny = try TinySteered(embedding: encoder)
    let conditions = try tiny.conditions(height: 96, width: 64)
    let tiling = try #require(try LatentTiling.covering(conditions.picture_BCHW, side: 64, factor: 8, alignment: 2))
    let tiled = try SeeSRLoop(tiny.networks, tiny.codec).restore(
      conditions, settings(), LatentRun(noise: SeededNoise(seed: 1), tiling: tiling))
    #expect(tiled.shape == [1, 3, 96, 64])
    #expect(tiling.plan.count == 2)
    #expect(encoder.pictures.count == 2)
  }

  @Test func stagesAreReportedInOrder() throws {
    let seen = Mutex<[SamplingProgress]>([])
    let progress = ProgressReporter { place in seen.withLock { $0.append(place) } }
    _ = try loop.restore(tiny.conditions, settings(), LatentRun(noise: SeededNoise(seed: 1), progress: progress))
    let places = seen.withLock { $0 }
    #expect(places.map(\.stage) == [.encode, .denoise, .denoise, .denoise, .denoise, .decode])
    #expect(places.filter { $0.stage == .denoise }.map(\.step) == [0, 1, 2, 3])
  }

  @Test func cancellationEndsTheRun() throws {
    #expect(throws: CancellationError.self) {
      try loop.restore(
        tiny.conditions, settings(), LatentRun(noise: SeededNoise(seed: 1), cancellation: CancellationCheck { true }))
    }
  }
}
