import Checkpoints
import Priors
import Restorers
import TestModels
import TestSupport
import Testing
import Torch

/// Whole runs of FluxIR at tiny size.
struct FluxIRLoopTests {
  private let flux: TinyFlux

  init() throws { flux = try TinyFlux() }

  private func settings(_ change: (inout FluxIRSettings) -> Void = { _ in }) -> FluxIRSettings {
    var settings = FluxIRSettings()
    settings.steps = 3
    change(&settings)
    return settings
  }

  private func run(
    _ loop: FluxIRLoop, _ settings: FluxIRSettings, picture: Tensor? = nil, tile: Int? = nil, seed: UInt64 = 1,
    log: StepLog = StepLog()
  ) throws -> [Float] {
    let picture = try picture ?? smoothPicture(width: 64, height: 48)
    let run = LatentRun(
      noise: SeededNoise(seed: seed), tiling: try tile.flatMap { try loop.tiling(for: picture, side: $0) }, hooks: [log]
    )
    let restored = try loop.restore(picture, prompt: flux.prompt(loop.transformer), settings, run)
    #expect(restored.shape == picture.shape)
    return try values(restored)
  }

  @Test func obeysEverySetting() throws {
    let loop = try flux.loop(flux.adapter(flux.trained()))
    let usual = try run(loop, settings())
    #expect(try run(loop, settings()) == usual)
    #expect(try run(loop, settings(), seed: 2) != usual)
    #expect(try run(loop, settings { $0.steps = 2 }) != usual)
    #expect(try run(loop, settings { $0.guidance = 1 }) != usual)
    #expect(try run(loop, settings { $0.controlScale = 0.5 }) != usual)
    #expect(try run(loop, settings { $0.start = .picture(time: 700) }) != usual)
  }

  /// A new adapter adds nothing: the low-quality picture plays no role, and neither does the adapter's scale.
  @Test func aNewAdapterIsFluxAlone() throws {
    let loop = try flux.loop(flux.adapter(flux.start()))
    let other = try smoothPicture(width: 64, height: 48).flipped([3])
    let usual = try run(loop, settings())
    #expect(try run(loop, settings(), picture: other) == usual)
    #expect(try run(loop, settings { $0.controlScale = 0 }) == usual)
    let trained = try flux.loop(flux.adapter(flux.trained()))
    #expect(try run(trained, settings(), picture: other) != run(trained, settings()))
  }

  /// The published levels, shifted by what the transformer sees at once.
  @Test func levelsAreShiftedByTheTilesTokens() throws {
    let loop = try flux.loop(flux.adapter(flux.start()))
    var config = FluxIRSettings()
    #expect(config.steps == 28)
    let levels = try loop.scheduler(config, tokens: 4096).levels.map(\.noise)
    for (index, expected) in [(0, 1), (1, 0.98841), (3, 0.96339), (25, 0.27483), (27, 0.10472)] {
      #expect(abs(levels[index] - expected) < 1e-5)
    }
    let log = StepLog()
    // 24 latent pixels by 32; a tile has 16 by 16, which are 64 tokens.
    _ = try run(
      loop, settings(), picture: smoothPicture(width: 256, height: 192), tile: 128, log: log)
    let expected = try loop.scheduler(settings(), tokens: 64).levels.map(\.timestep)
    #expect(log.times == expected)
    config.steps = 0
    #expect(throws: SchedulerError.self) { try loop.scheduler(config, tokens: 4096) }
  }

  @Test func aStartFromThePictureHasTheNoiseOfItsFirstStep() throws {
    let loop = try flux.loop(flux.adapter(flux.start()))
    let picture = try smoothPicture(width: 64, height: 48)
    let log = StepLog()
    _ = try run(loop, settings { $0.start = .picture(time: 900) }, log: log)
    let levels = try loop.scheduler(settings(), tokens: 12).levels.filter { $0.timestep <= 900 }
    #expect(log.times == levels.map(\.timestep) && log.times.count == 2)
    let latest = StepLog()
    _ = try run(loop, settings { $0.start = .picture(time: 1) }, log: latest)
    #expect(latest.times == [levels[1].timestep])
    let clean = try loop.codec.mean(of: picture)
    let noise = try SeededNoise(seed: 1).noise(.initial, shape: clean.shape, device: .cpu)
    let start = try clean * levels[0].signal + noise * levels[0].noise
    #expect(try Difference(log.latents[0], start, absolute: 1e-5, relative: 1e-5).isClose)
  }

  /// Each tile is seen as a picture of its size, with positions from its own corner: where two tiles see the same, they
  /// answer the same.
  @Test func tilesHavePositionsOfTheirOwn() throws {
    let transformer = try flux.transformer()
    let low = try Tensor.randn([1, 16, 8, 16], generator: Generator(seed: 9))
    let part = try low.narrowed(3, from: 0, length: 8)
    let twice = try Tensor.concatenated([part, part], axis: 3)
    let prior = try FluxIRPrior(
      FluxPrior(transformer), flux.adapter(flux.trained()), low_BCHW: twice)
    let prompt = try flux.prompt(transformer)
    let level = NoiseLevel(timestep: 500, signal: 0.5, noise: 0.5)
    let noisy = try Tensor.randn([1, 16, 8, 8], generator: Generator(seed: 10))
    func answer(left: Int, _ prior: FluxIRPrior) throws -> [Float] {
      try values(prior.predict(noisy, at: level, prompt, in: Tile(top: 0, left: left, height: 8, width: 8)))
    }
    #expect(try answer(left: 0, prior) == answer(left: 8, prior))
    // The tile's own part of the low-quality latent is what the adapter sees.
    let other = try FluxIRPrior(FluxPrior(transformer), flux.adapter(flux.trained()), low_BCHW: low)
    #expect(try answer(left: 0, other) == answer(left: 0, prior))
    #expect(try answer(left: 8, other) != answer(left: 8, prior))
  }

  @Test func oneTileOverEverythingIsNoTile() throws {
    let loop = try flux.loop(flux.adapter(flux.trained()))
    #expect(try run(loop, settings(), tile: 64) == run(loop, settings()))
    let picture = try smoothPicture(width: 128, height: 128)
    #expect(try run(loop, settings(), picture: picture, tile: 64) != run(loop, settings(), picture: picture))
    let tiling = try #require(try loop.tiling(for: .zeros([1, 3, 2048, 2048]), side: 1024))
    // Latents of 128 that share 32, under Gaussian weights.
    #expect(tiling.window == .gaussian && tiling.plan.tileHeight == 128 && tiling.plan.tileWidth == 128)
    #expect(tiling.plan.count == 9)
  }

  @Test func sidesAreMultiplesOfATokens() throws {
    let loop = try flux.loop(flux.adapter(flux.start()))
    #expect(loop.sideMultiple == 16)
    let error = #expect(throws: TorchError.self) {
      try run(loop, settings(), picture: smoothPicture(width: 72, height: 48))
    }
    #expect(error?.message.contains("pad it to even sides") == true)
  }
}
