import Checkpoints
import Priors
import Restorers
import Synchronization
import TestSupport
import Testing
import Torch

struct TiledDenoiserTests {
  private static let level = NoiseLevel(timestep: 500, signal: 0.6, noise: 0.8)

  /// Sees three pixels around each pixel: enough to notice the edge of a tile.
  private static func local(_ noisy: Tensor, _ level: NoiseLevel) throws -> Tensor {
    let kernel = try Tensor.ones([noisy.size(1), 1, 3, 3]) / 9
    return try noisy.conv2d(kernel, padding: 1, groups: noisy.size(1)) * level.signal
  }

  @Test(arguments: TileWindow.allCases)
  func pointwiseDenoisersDoNotNoticeTiles(window: TileWindow) throws {
    let noisy = try Tensor.randn([1, 4, 50, 70], generator: Generator(seed: 2))
    let tiled = TiledDenoiser(try TilePlan(height: 50, width: 70, tile: 24), window: window) { crop, _, level in
      try crop.tanh() * level.signal
    }
    let whole = try noisy.tanh() * Self.level.signal
    #expect(try Difference(tiled.predictClean(noisy, at: Self.level), whole, absolute: 2e-6, relative: 0).isClose)
  }

  /// A flat gradient and a periodic texture through a denoiser that sees its surroundings, tiled against whole.
  @Test(arguments: ["gradient", "texture"])
  func seamsStaySmall(kind: String) throws {
    let columns = try Tensor.arange(0, 160)
    let line = kind == "gradient" ? try columns / 160 : try (columns * 0.7).sin() * 0.5 + 0.5
    let noisy = try line.reshaped([1, 1, 1, 160]).expanded([1, 4, 96, 160])
    let tiled = TiledDenoiser(try TilePlan(height: 96, width: 160, tile: 48)) { crop, _, level in
      try Self.local(crop, level)
    }
    let result = try tiled.predictClean(noisy, at: Self.level)
    let whole = try Self.local(noisy, Self.level)
    let inside = try (result - whole).narrowed(2, from: 2, length: 92).narrowed(3, from: 2, length: 156)
    #expect(try inside.abs().maximum().item() < 0.002)
  }

  @Test func conditionsAreCutWithTheTile() throws {
    let canvas = try Tensor.randn([1, 4, 40, 56], generator: Generator(seed: 4))
    let picture = try canvas.resized(height: 320, width: 448, .nearest)
    let plan = try TilePlan(height: 40, width: 56, tile: 16)
    var places: [Tile] = []
    let tiled = TiledDenoiser(plan) { crop, tile, _ in
      places.append(tile)
      let part = try picture.cropped(tile.scaled(by: 8)).sliced(2, step: 8).sliced(3, step: 8)
      #expect(try part.floats() == crop.floats())
      return part
    }
    let result = try tiled.predictClean(canvas, at: Self.level)
    #expect(places == plan.tiles)
    #expect(try Difference(result, canvas, absolute: 2e-6, relative: 0).isClose)
  }

  @Test func aTileMayHaveADenoiserOfItsOwn() throws {
    let plan = try TilePlan(height: 20, width: 20, tile: 12)
    let tiled = TiledDenoiser(plan) { _ in StubDenoiser { noisy, _ in try noisy * 2 } }
    let noisy = try Tensor.ones([1, 1, 20, 20])
    #expect(try Difference(tiled.predictClean(noisy, at: Self.level), noisy * 2, absolute: 1e-6, relative: 0).isClose)
  }

  /// StableSR's whole tiled loop over a toy network: blending, schedule, noise and both parametrisations.
  @Test(arguments: [("", Parametrisation.epsilon), ("v.", .velocity)])
  func theTiledLoopOfStableSR(prefix: String, parametrisation: Parametrisation) throws {
    let file = try SafetensorsFile(path: Fixture.path("Oracles/stablesr-sampler.safetensors"))
    var config = SchedulerConfig.stableDiffusion(prediction: parametrisation)
    config.timestepSpacing = TimestepSpacing.linspace.rawValue
    let scheduler = try config.makeScheduler(steps: 4)
    #expect(scheduler.levels.map(\.timestep) == (try file.tensor("out/timesteps").doubles()))
    let low = try file.tensor("in/init_latent")
    let start = try scheduler.addNoise(clean: low, noise: file.tensor("in/noise.T"), level: scheduler.levels[0])
    func expect(_ actual: Tensor, _ key: String) throws {
      let difference = try Difference(actual, file.tensor(key), absolute: 5e-4, relative: 5e-4)
      #expect(difference.isClose, "\(key): \(difference.absolute)")
    }
    try expect(start, "out/x_T")

    let weight = try file.tensor("w/conv.weight")
    let bias = try file.tensor("w/conv.bias")
    let plan = try TilePlan(height: 20, width: 27, tile: 12, overlap: 5, placement: .stride)
    let tiled = TiledDenoiser(plan, window: .unevenGaussian) { crop, tile, level in
      let condition = try low.cropped(tile) + level.timestep / 1000
      let output = try Tensor.concatenated([crop, condition], axis: 1).conv2d(weight, bias: bias, padding: 1)
      return try parametrisation.clean(from: output, noisy: crop, at: level)
    }
    final class Watch: SamplingHook {
      var check: (Tensor, String, Int) throws -> Void = { _, _, _ in }
      func adjustClean(_ clean_BCHW: Tensor, latent latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor {
        try check(clean_BCHW, "pred_x0", step.index)
        return clean_BCHW
      }
      func adjustLatent(_ latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor {
        try check(latent_BCHW, "sample", step.index)
        return latent_BCHW
      }
    }
    let watch = Watch()
    var checks = 0
    watch.check = { tensor, name, step in
      checks += 1
      try expect(tensor, "out/\(prefix)step.\(step).\(name)")
    }
    var draws: [NoisePurpose: Tensor] = [:]
    for step in 0..<4 { draws[.step(step)] = try file.tensor("in/noise.\(step)") }
    _ = try Sampler(scheduler, noise: RecordedNoise(draws), hooks: [watch]).run(tiled, from: start)
    #expect(checks == 8)
  }

  @Test func oneTiledPredictionOfStableSR() throws {
    let file = try SafetensorsFile(path: Fixture.path("Oracles/stablesr-aggregation.safetensors"))
    let time = try file.tensor("in/timestep").item()
    let condition = try file.tensor("in/struct_cond") + time / 1000
    let plan = try TilePlan(height: 20, width: 27, tile: 12, overlap: 5, placement: .stride)
    let corners = try file.tensor("out/tile_origins_y_x").integers()
    #expect(plan.tiles.flatMap { [$0.top, $0.left] } == corners)
    func blended(_ window: TileWindow) throws -> Tensor {
      try TileRun(plan, window: window)(file.tensor("in/x")) { crop, tile in
        try Tensor.concatenated([crop, condition.cropped(tile)], axis: 1)
          .conv2d(file.tensor("w/conv.weight"), bias: file.tensor("w/conv.bias"), padding: 1)
      }
    }
    let expected = try file.tensor("out/model_out")
    #expect(try Difference(blended(.unevenGaussian), expected, absolute: 1e-5, relative: 1e-5).isClose)
    // The sound centre answers nearly the same, but not quite.
    #expect(try !Difference(blended(.gaussian), expected, absolute: 1e-5, relative: 1e-5).isClose)
  }

  /// Noise belongs to the canvas: with a denoiser that looks at single pixels, any plan gives the same picture.
  @Test func noiseDoesNotDependOnTheTiles() throws {
    let scheduler = try SchedulerConfig.stableDiffusion(RenoisingScheduler.className).makeScheduler(steps: 4)
    let shape = [1, 4, 40, 52]
    let noise = SeededNoise(seed: 77)
    let start = try noise.noise(.initial, shape: shape, device: .cpu)
    let whole = try Sampler(scheduler, noise: noise).run(StubDenoiser { noisy, _ in try noisy.tanh() }, from: start)
    for (tile, window, jitter) in [(16, .cosine, nil), (24, .gaussian, nil), (13, .cosine, 5)]
      as [(Int, TileWindow, UInt64?)]
    {
      let tiled = TiledDenoiser(
        try TilePlan(height: 40, width: 52, tile: tile), window: window, jitterSeed: jitter
      ) { crop, _, _ in try crop.tanh() }
      let result = try Sampler(scheduler, noise: noise).run(tiled, from: start)
      #expect(try Difference(result, whole, absolute: 1e-5, relative: 0).isClose, "tiles of \(tile)")
    }
  }

  @Test func jitterMovesTilesFromLevelToLevelAndRepeats() throws {
    let plan = try TilePlan(height: 100, width: 100, tile: 32)
    func tiled(_ seed: UInt64?) -> TiledDenoiser { TiledDenoiser(plan, jitterSeed: seed) { crop, _, _ in crop } }
    let levels = (0..<8).map { NoiseLevel(timestep: Double($0 * 100), signal: 0.5, noise: 0.5) }
    #expect(Set(levels.map { tiled(1).plan(at: $0) }).count > 4)
    #expect(levels.map { tiled(1).plan(at: $0) } == levels.map { tiled(1).plan(at: $0) })
    #expect(levels.map { tiled(1).plan(at: $0) } != levels.map { tiled(2).plan(at: $0) })
    #expect(levels.allSatisfy { tiled(nil).plan(at: $0) == plan })
  }

  @Test func memoryThatRunsOutNamesTheTile() throws {
    let plan = try TilePlan(height: 20, width: 20, tile: 12)
    let tiled = TiledDenoiser(plan) { crop, tile, _ in
      if tile.left > 0 { throw TorchError(.outOfMemory, "no memory") }
      return crop
    }
    do {
      _ = try tiled.predictClean(Tensor.zeros([1, 1, 20, 20]), at: Self.level)
      Issue.record("went on without memory")
    } catch let error as TorchError {
      #expect(error.code == .outOfMemory)
      #expect(
        error.message
          == "tile 12×12 at (8, 0) of 20×20 in 4 tiles of 12×12 did not fit into memory, use smaller tiles: no memory")
    }
    struct Other: Error {}
    let broken = TiledDenoiser(plan) { _, _, _ in throw Other() }
    #expect(throws: Other.self) { try broken.predictClean(Tensor.zeros([1, 1, 20, 20]), at: Self.level) }
  }

  @Test func cancellationIsAskedBetweenTiles() throws {
    let calls = Mutex(0)
    let check = CancellationCheck {
      calls.withLock {
        $0 += 1
        return $0 > 3
      }
    }
    var worked = 0
    let tiled = TiledDenoiser(try TilePlan(height: 40, width: 40, tile: 12), cancellation: check) { crop, _, _ in
      worked += 1
      return crop
    }
    #expect(throws: CancellationError.self) { try tiled.predictClean(Tensor.zeros([1, 1, 40, 40]), at: Self.level) }
    #expect(worked == 3)
  }

  @Test func aSingleTileIsAnsweredAsItIs() throws {
    let canvas = try Tensor.randn([1, 4, 9, 11], generator: Generator(seed: 8))
    let tiled = TiledDenoiser(try TilePlan(height: 9, width: 11, tile: 64)) { crop, _, _ in try crop * 3 }
    #expect(try tiled.predictClean(canvas, at: Self.level).floats() == (canvas * 3).floats())
  }

  @Test func resultsMayHaveAnotherSize() throws {
    let latent = try Tensor.randn([1, 3, 30, 40], generator: Generator(seed: 8))
    let plan = try TilePlan(height: 30, width: 40, tile: 16)
    let picture = try TileRun(plan)(latent, output: plan.scaled(by: 4)) { part, _ in
      try part.resized(factor: 4, .nearest)
    }
    #expect(try Difference(picture, latent.resized(factor: 4, .nearest), absolute: 2e-6, relative: 0).isClose)
    let aligned = try TilePlan(height: 120, width: 160, tile: 64, alignment: 4)
    let back = try TileRun(aligned)(picture, output: aligned.divided(by: 4)) { part, _ in try part.averagePooled(4) }
    #expect(try Difference(back, latent, absolute: 5e-6, relative: 0).isClose)
  }

  @Test func saysWhichSizesDoNotGoTogether() throws {
    let plan = try TilePlan(height: 20, width: 20, tile: 12)
    func message(_ body: () throws -> Tensor) -> String {
      do {
        _ = try body()
        return ""
      } catch { return "\(error)" }
    }
    let run = TileRun(plan)
    #expect(
      message { try run(Tensor.zeros([1, 1, 20, 21])) { part, _ in part } }
        == "a canvas of shape [1, 1, 20, 21] does not fit the plan of 20×20 in 4 tiles of 12×12")
    #expect(
      message { try run(Tensor.zeros([1, 1, 20, 20])) { part, _ in try part.narrowed(2, from: 0, length: 5) } }
        == "the result of tile 12×12 at (0, 0) has the shape [1, 1, 5, 12], not [1, 1, 12, 12]")
    let one = try TilePlan(height: 20, width: 20, tile: 20)
    #expect(
      message { try run(Tensor.zeros([1, 1, 20, 20]), output: one) { part, _ in part } }.contains("does not go with"))
    let blender = try TileBlender(plan, batch: 1, channels: 1)
    #expect(message { try blender.result() } == "4 of 4 tiles of 20×20 in 4 tiles of 12×12 are missing")
    try blender.add(Tensor.zeros([1, 1, 12, 12]), at: plan.tiles[0])
    #expect(
      message {
        try blender.add(Tensor.zeros([1, 1, 12, 12]), at: plan.tiles[0])
        return try blender.result()
      }.contains("is not one that is still missing"))
  }
}
