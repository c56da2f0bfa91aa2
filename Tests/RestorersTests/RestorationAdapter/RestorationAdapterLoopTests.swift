import Priors
import TestSupport
import Testing
import Torch

@testable import Restorers

/// The run around a network that sees no further than a pixel, so that tiles must answer what the whole answers.
struct RestorationAdapterLoopTests {
  /// Predicts noise from the input, the prompt's number, and what lies under the tile.
  private final class LocalPrior: TextToImagePrior {
    let parametrisation: Parametrisation
    let low_BCHW: Tensor
    private(set) var tiles: [Tile] = []
    private(set) var rows: [Int] = []

    init(_ parametrisation: Parametrisation, _ low_BCHW: Tensor) {
      self.parametrisation = parametrisation
      self.low_BCHW = low_BCHW
    }

    func joined(_ parts: [Tensor]) throws -> Tensor { try .concatenated(parts, axis: 0) }

    func predict(_ input_BCHW: Tensor, at level: NoiseLevel, _ prompt: Tensor, in tile: Tile) throws -> Tensor {
      tiles.append(tile)
      rows.append(input_BCHW.size(0))
      return try input_BCHW * 0.3 + low_BCHW.cropped(tile) + prompt
    }
  }

  private let low_BCHW: Tensor
  private let flow: SchedulerConfig
  private let codec: LatentCodec

  init() throws {
    try useOneThread()
    low_BCHW = try Tensor.randn([1, 4, 8, 24], generator: Generator(seed: 3))
    var flow = SchedulerConfig(className: FlowMatchEulerScheduler.className)
    flow.shift = 3
    self.flow = flow
    codec = try TinySteered().codec
  }

  private func run(
    _ prior: LocalPrior, guidance: Double = 5, tile: Int? = nil, passes: GuidancePasses = .inTurn
  ) throws -> Tensor {
    let schedule = prior.parametrisation == .flow ? flow : .stableDiffusion(EulerDiscreteScheduler.className)
    var settings = RestorationAdapterSettings(steps: 4)
    settings.guidance = guidance
    settings.passes = passes
    let tiling = try tile.map { LatentTiling(try TilePlan(height: 8, width: 24, tile: $0, alignment: 2)) }
    let prompts = try (guidance > 1 ? [-0.1, 0.1] : [0.1]).map { try Tensor.full([1, 1, 1, 1], $0) }
    return try RestorationAdapterLoop(codec, schedule: schedule).latent(
      from: low_BCHW, prior, prompts: prompts, settings, LatentRun(noise: SeededNoise(seed: 1), tiling: tiling))
  }

  @Test(arguments: [Parametrisation.epsilon, .flow])
  func tilesAnswerWhatTheWholeAnswers(_ parametrisation: Parametrisation) throws {
    let whole = try run(LocalPrior(parametrisation, low_BCHW))
    let prior = LocalPrior(parametrisation, low_BCHW)
    let tiled = try run(prior, tile: 8)
    #expect(Set(prior.tiles).count > 2)
    #expect(try distance(tiled, whole) < 1e-4)
  }

  @Test(arguments: [Parametrisation.epsilon, .flow])
  func bothWaysOfGuidanceAgree(_ parametrisation: Parametrisation) throws {
    let (turns, pairs) = (LocalPrior(parametrisation, low_BCHW), LocalPrior(parametrisation, low_BCHW))
    let one = try run(turns)
    let other = try run(pairs, passes: .together)
    #expect(try distance(one, other) < 1e-4)
    #expect(turns.rows == Array(repeating: 1, count: 8))
    #expect(pairs.rows == Array(repeating: 2, count: 4))
    let alone = LocalPrior(parametrisation, low_BCHW)
    #expect(try distance(run(alone, guidance: 1), one) > 1e-3)
    #expect(alone.rows == Array(repeating: 1, count: 4))
  }

  @Test func guidanceNeedsBothPrompts() throws {
    let loop = RestorationAdapterLoop(codec, schedule: flow)
    let error = #expect(throws: RestorationError.self) {
      try loop.latent(
        from: low_BCHW, LocalPrior(.flow, low_BCHW), prompts: [try .zeros([1, 1, 1, 1])],
        RestorationAdapterSettings(steps: 2), LatentRun(noise: SeededNoise(seed: 1)))
    }
    #expect(error?.message.hasPrefix("a run with a guidance of 5.0 was given 1 prompts") == true)
  }

  /// Rectified flow with a shift of 3, and Euler on the published spacing.
  @Test func theScheduleIsTheBaseModels() throws {
    let loop = RestorationAdapterLoop(codec, schedule: flow)
    let sigmas = try loop.scheduler(RestorationAdapterSettings(steps: 4)).levels.map(\.noise)
    for (found, expected) in zip(sigmas, [1, 0.857692, 0.602151, 0.008929]) {
      #expect(abs(found - expected) < 1e-5)
    }
    let sdxl = RestorationAdapterLoop(codec, schedule: SDXLConfig().schedule)
    var settings = RestorationAdapterSettings(steps: 30)
    let euler = try sdxl.scheduler(settings)
    #expect(euler is EulerDiscreteScheduler)
    #expect(euler.levels.map(\.timestep).prefix(3) == [958, 925, 892])
    settings.solver = .dpmSolver
    #expect(try sdxl.scheduler(settings) is DPMSolverMultistepScheduler)
  }
}
