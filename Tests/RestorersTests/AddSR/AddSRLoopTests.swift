import Priors
import Restorers
import TestSupport
import Testing
import Torch

struct AddSRLoopTests {
  private let tiny: TinySteered
  private let loop: AddSRLoop

  init() throws {
    tiny = try TinySteered()
    loop = AddSRLoop(tiny.networks, tiny.codec)
  }

  private func settings(_ steps: Int = 4, weight: Double = 0.4) -> AddSRSettings {
    var settings = AddSRSettings()
    settings.steps = steps
    settings.refinementWeight = weight
    return settings
  }

  /// The first tokens for every picture.
  private func sameTokens(_ picture: Tensor) throws -> Tensor { tiny.conditions.imageTokens_BLD }

  private func restore(
    _ settings: AddSRSettings, seed: UInt64 = 1, _ conditions: SteeredConditions? = nil, hooks: [any SamplingHook] = [],
    tiling: LatentTiling? = nil, imageTokens: ((Tensor) throws -> Tensor)? = nil
  ) throws -> Tensor {
    try loop.restore(
      conditions ?? tiny.conditions, settings,
      LatentRun(noise: SeededNoise(seed: seed), tiling: tiling, hooks: hooks), imageTokens: imageTokens ?? sameTokens)
  }

  @Test(arguments: 1...4)
  func takesTheStepsAskedFor(steps: Int) throws {
    let log = StepLog()
    let restored = try restore(settings(steps), hooks: [log])
    #expect(log.times == Array([999, 749, 499, 249].prefix(steps)))
    let last = try #require(log.cleans.last)
    #expect(try withoutGradient { try distance(restored, tiny.codec.decode(last)) } == 0)
  }

  @Test(arguments: [0, 5])
  func otherNumbersOfStepsAreRefused(steps: Int) throws {
    let error = #expect(throws: SchedulerError.self) { try restore(settings(steps)) }
    #expect(
      error?.message
        == "\(steps) steps were asked of a model that was distilled for 1 to 4; ask for one of these")
  }

  /// A run of more steps begins as one of fewer does.
  @Test func furtherStepsChangeNothingBefore() throws {
    let (short, long) = (StepLog(), StepLog())
    _ = try restore(settings(2), hooks: [short])
    _ = try restore(settings(4), hooks: [long])
    for index in 0..<2 { #expect(try short.cleans[index].floats() == long.cleans[index].floats()) }
  }

  @Test func theSeedFixesEverything() throws {
    let first = try restore(settings())
    #expect(try restore(settings()).floats() == first.floats())
    #expect(try distance(restore(settings(), seed: 2), first) > 1e-4)
  }

  /// The same as a plain run of the sampler over the same networks, and the tagger is not asked.
  @Test func aWeightOfZeroIsNoRefinement() throws {
    let noise = SeededNoise(seed: 1)
    let found = try restore(settings(weight: 0)) { _ in
      Issue.record("the tagger was asked")
      return tiny.conditions.imageTokens_BLD
    }
    let expected = try withoutGradient {
      let scheduler = try loop.scheduler(settings())
      let clean = try tiny.codec.encode(tiny.conditions.picture_BCHW, noise: noise)
      let start = try scheduler.levels[0].noised(
        clean, with: noise.noise(.initial, shape: clean.shape, device: .cpu))
      let denoiser = try loop.denoiser(tiny.conditions, settings())
      return try tiny.codec.decode(Sampler(scheduler, noise: noise).run(denoiser, from: start))
    }
    #expect(try found.floats() == expected.floats())
    #expect(try restore(settings(weight: 0.4)).floats() != found.floats())
  }

  @Test(arguments: [0.25, 1.0])
  func theNetworksLookAtTheMixture(weight: Double) throws {
    let log = StepLog()
    var pictures: [Tensor] = []
    _ = try restore(settings(weight: weight), hooks: [log]) { picture in
      pictures.append(picture)
      return tiny.conditions.imageTokens_BLD
    }
    #expect(pictures.count == 3)
    for (picture, clean) in zip(pictures, log.cleans) {
      let predicted = try withoutGradient { try tiny.codec.decode(clean) }.clamped(min: 0, max: 1)
      let expected = try tiny.conditions.picture_BCHW * (1 - weight) + predicted * weight
      #expect(try distance(picture, expected) < 1e-6)
    }
  }

  @Test func newTokensReachTheNextStep() throws {
    let (same, other) = (StepLog(), StepLog())
    _ = try restore(settings(2), hooks: [same])
    _ = try restore(settings(2), hooks: [other]) { _ in try tiny.conditions.imageTokens_BLD.flipped([2]) }
    #expect(try same.cleans[0].floats() == other.cleans[0].floats())
    #expect(try distance(same.cleans[1], other.cleans[1]) > 1e-5)
  }

  @Test(arguments: [-0.1, 1.5, .nan])
  func aWeightOutOfRangeIsRefused(weight: Double) throws {
    let error = #expect(throws: RestorationError.self) { try restore(settings(weight: weight)) }
    #expect(
      error?.message
        == "self-refinement with a weight of \(weight): it goes from 0 (low quality) to 1 (prediction)")
  }

  @Test func aNegativePromptCountsForNothing() throws {
    var alone = tiny.conditions
    alone.negativePrompt_BLD = nil
    #expect(try restore(settings(), alone).floats() == restore(settings()).floats())
  }

  @Test func theControlScaleReachesThePicture() throws {
    var weaker = settings()
    weaker.controlScale = 0.5
    #expect(try distance(restore(weaker), restore(settings())) > 1e-4)
  }

  @Test func mayStartFromNoiseAlone() throws {
    var fromNoise = settings(1)
    fromNoise.startsFromNoise = true
    let log = StepLog()
    _ = try restore(fromNoise, seed: 7, hooks: [log])
    let expected = try SeededNoise(seed: 7).noise(.initial, shape: [1, 4, 8, 8], device: .cpu)
    #expect(try log.latents[0].floats() == expected.floats())
  }

  /// The release fails here: its tiled branch was never run.
  @Test func tilesAndRefinementGoTogether() throws {
    let conditions = try tiny.conditions(height: 96, width: 128)
    let tiling = try #require(try LatentTiling.covering(conditions.picture_BCHW, side: 64, factor: 8, alignment: 2))
    var pictures: [Tensor] = []
    let restored = try restore(settings(), conditions, tiling: tiling) { picture in
      pictures.append(picture)
      return tiny.conditions.imageTokens_BLD
    }
    #expect(restored.shape == [1, 3, 96, 128])
    #expect(pictures.map(\.shape) == Array(repeating: [1, 3, 96, 128], count: 3))
    let one = LatentTiling(try TilePlan(height: 12, width: 16, tile: 16))
    #expect(try restore(settings(), conditions, tiling: one).floats() == restore(settings(), conditions).floats())
  }
}
