import Priors
import Restorers
import TestSupport
import Testing
import Torch

struct StableSRLoopTests {
  private func settings(_ steps: Int, _ change: (inout StableSRSettings) -> Void = { _ in }) -> StableSRSettings {
    var settings = StableSRSettings()
    settings.steps = steps
    change(&settings)
    return settings
  }

  private func run(seed: UInt64 = 5, tiling: LatentTiling? = nil) -> LatentRun {
    LatentRun(noise: SeededNoise(seed: seed), tiling: tiling)
  }

  @Test func oneSeedIsOnePicture() throws {
    let tiny = try TinyStableSR()
    let low = try TinyStableSR.picture(height: 64, width: 96)
    func restore(_ seed: UInt64) throws -> Tensor {
      try tiny.loop.restore(low, prompt_BLD: tiny.prompt_BLD, settings(3), run(seed: seed))
    }
    let first = try restore(5)
    #expect(first.shape == [1, 3, 64, 96])
    #expect(try first.floats() == restore(5).floats())
    #expect(try distance(first, restore(6)) > 1e-3)
  }

  /// Another weight takes another decode of what is there, and no network that denoises.
  @Test func anotherWeightNeedsNoSampling() throws {
    let tiny = try TinyStableSR()
    let low = try TinyStableSR.picture(height: 64, width: 64)
    let source = try tiny.loop.encode(low, noise: SeededNoise(seed: 5))
    let latent = try tiny.loop.latent(source, prompt_BLD: tiny.prompt_BLD, settings(2), run())
    for weight in [0.3, 1] {
      let whole = try tiny.loop.restore(
        low, prompt_BLD: tiny.prompt_BLD, settings(2) { $0.weight = weight }, run())
      #expect(try tiny.loop.decode(latent, source, weight: weight).floats() == whole.floats())
    }
    let bare = try tiny.loop.encode(low, noise: SeededNoise(seed: 5), keepsFeatures: false)
    #expect(bare.features.isEmpty)
    #expect(try Difference(bare.latent_BCHW, source.latent_BCHW, absolute: 1e-5, relative: 0).isClose)
    let pictures = try [0, 0.5, 1].map { try tiny.loop.decode(latent, source, weight: $0) }
    #expect(try distance(pictures[0], pictures[1]) > 1e-3 && distance(pictures[1], pictures[2]) > 1e-3)
  }

  /// A tile is what the networks would answer for that part alone.
  @Test func tilesSeeTheirOwnPartOfThePicture() throws {
    let tiny = try TinyStableSR()
    let low = try Tensor.randn([1, 4, 16, 24], generator: Generator(seed: 7))
    let noisy = try Tensor.randn([1, 4, 16, 24], generator: Generator(seed: 8))
    let level = try DiffusionSchedule(.stableDiffusion()).level(500)
    func denoiser(_ low_BCHW: Tensor) throws -> StructureSteeredDenoiser {
      try StructureSteeredDenoiser(
        tiny.loop.networks, low_BCHW: low_BCHW, prompts_BLD: [tiny.prompt_BLD], parametrisation: .epsilon)
    }
    let tile = Tile(top: 4, left: 12, height: 8, width: 8)
    try withoutGradient {
      let part = try denoiser(low).predictClean(noisy.cropped(tile), at: level, in: tile)
      let alone = try denoiser(low.cropped(tile).contiguous()).predictClean(noisy.cropped(tile), at: level)
      #expect(try Difference(part, alone, absolute: 1e-5, relative: 1e-5).isClose)
      let elsewhere = Tile(top: 0, left: 0, height: 8, width: 8)
      #expect(try distance(denoiser(low).predictClean(noisy.cropped(tile), at: level, in: elsewhere), part) > 1e-3)
    }
  }

  @Test func tilesAreBlended() throws {
    let tiny = try TinyStableSR()
    let low = try TinyStableSR.picture(height: 64, width: 128)
    let tiling = try #require(try tiny.loop.tiling(for: low))
    #expect(tiling.plan.count == 3 && tiling.window == .gaussian)
    #expect(try tiny.loop.tiling(for: low, side: 128) == nil)
    // 40 pixels are no whole number of what both networks halve.
    #expect(try tiny.loop.tiling(for: low, side: 40)?.plan.tileWidth == 4)
    var tiles = 0
    let source = try tiny.loop.encode(low, noise: SeededNoise(seed: 5))
    let progress = ProgressReporter { _ in }
    var run = run(tiling: tiling)
    run.progress = progress
    let tiled = try tiny.loop.latent(source, prompt_BLD: tiny.prompt_BLD, settings(2), run)
    let whole = try tiny.loop.latent(source, prompt_BLD: tiny.prompt_BLD, settings(2), self.run())
    #expect(tiled.shape == [1, 4, 8, 16])
    #expect(try tiled.isFinite().all().item() != 0)
    #expect(try distance(tiled, whole) > 1e-4)
    _ = try AggregationSampling(settings(2), .epsilon, run).latent(from: source.latent_BCHW) { crop, tile, _ in
      tiles += 1
      #expect(crop.shape == [1, 4, 8, 8] && tile.height == 8)
      return crop
    }
    #expect(tiles == 6)
  }

  @Test func guidanceLeadsAwayFromTheNegativePrompt() throws {
    let tiny = try TinyStableSR()
    let source = try tiny.loop.encode(
      TinyStableSR.picture(height: 64, width: 64), noise: SeededNoise(seed: 5))
    func latent(_ guidance: Double, _ passes: GuidancePasses) throws -> Tensor {
      try tiny.loop.latent(
        source, prompt_BLD: tiny.prompt_BLD, negativePrompt_BLD: tiny.negativePrompt_BLD,
        settings(2) {
          $0.guidance = guidance
          $0.passes = passes
          $0.method = .implicit(eta: 1)
        }, run())
    }
    let guided = try latent(3, .inTurn)
    #expect(try Difference(guided, latent(3, .together), absolute: 1e-3, relative: 1e-3).isClose)
    #expect(try distance(guided, latent(1, .inTurn)) > 1e-3)
  }

  @Test func guidanceWithoutANegativePromptIsRefused() throws {
    let tiny = try TinyStableSR()
    let source = try tiny.loop.encode(
      TinyStableSR.picture(height: 64, width: 64), noise: SeededNoise(seed: 5))
    let error = #expect(throws: RestorationError.self) {
      try tiny.loop.latent(source, prompt_BLD: tiny.prompt_BLD, settings(2) { $0.guidance = 2 }, run())
    }
    #expect(error?.message == "guidance was asked for without a negative prompt; an empty text is one too")
  }

  @Test func aStartFromNoiseForgetsThePicturesNoise() throws {
    let tiny = try TinyStableSR()
    let source = try tiny.loop.encode(
      TinyStableSR.picture(height: 64, width: 64), noise: SeededNoise(seed: 5))
    func first(_ start: LatentStart) throws -> Tensor {
      var seen: Tensor?
      _ = try AggregationSampling(settings(1) { $0.start = start }, .epsilon, run()).latent(from: source.latent_BCHW) {
        crop, _, _ in
        seen = crop
        return crop
      }
      return try #require(seen)
    }
    let noise = try SeededNoise(seed: 5).noise(.initial, shape: source.latent_BCHW.shape, device: .cpu)
    #expect(try first(.noise).floats() == noise.floats())
    let level = try DiffusionSchedule(.stableDiffusion()).level(999)
    let expected = try level.noised(source.latent_BCHW, with: noise)
    #expect(try Difference(first(.picture(time: 999)), expected, absolute: 1e-6, relative: 0).isClose)
  }

  @Test func sidesThatTheLevelsCannotHalveAreRefused() throws {
    let tiny = try TinyStableSR()
    #expect(tiny.loop.sideMultiple == 16)
    let error = #expect(throws: RestorationError.self) {
      try tiny.loop.encode(.zeros([1, 3, 64, 72]), noise: SeededNoise(seed: 5))
    }
    #expect(error?.message == "encoding a picture of 72×64: its sides must be multiples of 16, pad it first")
  }

  @Test(arguments: [-0.1, 1.5, .nan])
  func weightsOutOfRangeAreRefused(weight: Double) throws {
    let tiny = try TinyStableSR()
    let source = try tiny.loop.encode(.zeros([1, 3, 16, 16]), noise: SeededNoise(seed: 5))
    let error = #expect(throws: RestorationError.self) {
      try tiny.loop.decode(source.latent_BCHW, source, weight: weight)
    }
    #expect(error?.message == "decoding with a weight of \(weight); it goes from 0 to 1")
  }
}
