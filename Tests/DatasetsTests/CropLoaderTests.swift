import Datasets
import Degradation
import Synchronization
import Testing
import Torch

@Suite struct CropLoaderTests {
  private func plan(
    seed: UInt64 = 1, rank: Int = 0, batchSize: Int = 2, source: (any CropSource)? = nil,
    recipe: DegradationRecipe = .mixtureX4, side: Int = 16
  ) throws -> CropPlan {
    let photos = try PhotoCrops(
      [marked(width: 60, height: 50), marked(width: 40, height: 40, blue: 200)], levels: [.init(factor: 1, weight: 1)])
    let mixed = try MixedCrops([(photos, 0.7), (DrawnPictures(), 0.3)])
    return try CropPlan(
      source: source ?? mixed, recipe: recipe, batchSize: batchSize, side: side, seed: seed, rank: rank)
  }

  private func batches(_ plan: CropPlan, from step: Int = 0, count: Int, threads: Int = 2) throws -> [CropBatch] {
    let loader = CropLoader(plan, from: step, threads: threads, prefetch: 3)
    return try (0..<count).map { _ in try loader.next() }
  }

  @Test func batchesDependOnSeedAndNumberAlone() throws {
    let plan = try plan()
    let alone = try batches(plan, count: 6, threads: 1)
    let many = try batches(plan, count: 6, threads: 4)
    let resumed = try batches(plan, from: 3, count: 3)
    #expect(alone.map(\.step) == [0, 1, 2, 3, 4, 5] && resumed.map(\.step) == [3, 4, 5])
    for (a, b) in zip(alone + alone.suffix(3), many + resumed) {
      #expect(a.highQuality == b.highQuality && a.lowQuality == b.lowQuality && a.draws == b.draws)
    }
    #expect(alone[0].highQuality != alone[1].highQuality)
    #expect(try self.plan(seed: 2).batch(0).highQuality != alone[0].highQuality)
  }

  @Test func otherRecipesHaveTheirShares() throws {
    let photos = try PhotoCrops([marked(width: 60, height: 50)], levels: [.init(factor: 1, weight: 1)])
    func names(_ others: [(recipe: DegradationRecipe, share: Double)]) throws -> [String: Int] {
      let plan = try CropPlan(
        source: photos, recipe: .noiseX4, others: others, batchSize: 200, side: 8, seed: 4)
      return try plan.batch(0).draws.reduce(into: [:]) { $0[$1.recipe, default: 0] += 1 }
    }
    let found = try names([(.bicubicX4, 0.3), (.blurX4, 0.5)])
    for (name, expected) in [("noise-x4", 40), ("bicubic-x4", 60), ("blur-x4", 100)] {
      #expect(abs((found[name] ?? 0) - expected) < 30, "\(found)")
    }
    #expect(try names([(.blurX4, 1)]) == ["blur-x4": 200])
    for others in [[(DegradationRecipe.blurX4, 0.6), (.bicubicX4, 0.6)], [(.blurX4, -0.1)]] {
      #expect(throws: DatasetError.self) { try names(others.map { (recipe: $0.0, share: $0.1) }) }
    }
  }

  /// The same seed gives the same bytes with one thread and with eight, whatever happens to a crop.
  @Test(arguments: [DegradationRecipe.realESRGAN, .bsrgan])
  func threadsDoNotMatter(recipe: DegradationRecipe) throws {
    let plan = try plan(batchSize: 3, recipe: recipe, side: 32)
    let alone = try batches(plan, count: 12, threads: 1)
    let many = try batches(plan, count: 12, threads: 8)
    #expect(alone.map(\.lowQuality) == many.map(\.lowQuality))
    #expect(alone.map(\.draws) == many.map(\.draws))
    #expect(alone.flatMap(\.lowQuality).allSatisfy { $0.width == 8 && $0.height == 8 })
  }

  @Test func recipesThatEndInAnotherSizeAreRefused() throws {
    let recipe = DegradationRecipe(name: "half", operations: [.decimate(DecimationChoice(divisor: 2))])
    let error = #expect(throws: DatasetError.self) { try plan(recipe: recipe).batch(0) }
    #expect(
      error?.message
        == "degrading a crop of 16x16 by the recipe 'half': 8x8 came out, not 4x4; end the recipe with "
        + "'resize: {from: target}'")
  }

  @Test func processesGetCropsOfTheirOwn() throws {
    let first = try plan(rank: 0).batch(4)
    let second = try plan(rank: 1).batch(4)
    #expect(first.draws != second.draws)
    // Two processes of two make the batch that one process of four makes.
    let whole = try plan(batchSize: 4).batch(4)
    #expect(whole.lowQuality == first.lowQuality + second.lowQuality)
  }

  @Test func batchesBecomeTensors() throws {
    let batch = try plan().batch(0)
    #expect(try batch.highQualityTensor().shape == [2, 3, 16, 16])
    #expect(try batch.lowQualityTensor().shape == [2, 3, 4, 4])
    let low = try batch.draws[1].apply(to: batch.highQuality[1], codec: BaselineJPEG())
    #expect(low == batch.lowQuality[1])
  }

  @Test func statisticsCountBatchesAndTime() throws {
    let loader = CropLoader(try plan(), threads: 1, prefetch: 1)
    for _ in 0..<3 { _ = try loader.next() }
    let statistics = loader.statistics
    #expect(statistics.batches == 3 && statistics.worked > 0 && statistics.waited > 0)
  }

  @Test func aFailureReachesTheOneWhoWaits() throws {
    let loader = CropLoader(try plan(source: Broken()), threads: 2)
    _ = try loader.next()
    let error = #expect(throws: DatasetError.self) { try loader.next() }
    #expect(error?.message == "this crop is broken")
    _ = try loader.next()
  }

  @Test func noMoreIsMadeThanThereIsRoomFor() throws {
    let source = Counting()
    let loader = CropLoader(try plan(batchSize: 1, source: source, recipe: .bicubicX4), threads: 2, prefetch: 3)
    _ = try loader.next()
    _ = try loader.next()
    loader.stop()
    let error = #expect(throws: DatasetError.self) { try loader.next() }
    #expect(error?.message == "waiting for a batch of crops: the loader was stopped")
    #expect(source.made.load(ordering: .relaxed) <= 5)
  }

  @Test func plansThatMakeNoBatchAreRefused() throws {
    let error = #expect(throws: DatasetError.self) {
      try CropPlan(source: DrawnPictures(), recipe: .bicubicX4, batchSize: 1, side: 18, seed: 0)
    }
    #expect(error?.message == "planning crops of 18x18: the side must be a multiple of the recipe's scale, 4")
    #expect(throws: DatasetError.self) { try plan(batchSize: 0) }
    #expect(throws: DatasetError.self) { try plan(rank: -1) }
  }

  /// Fails for the crops of the second batch.
  private struct Broken: CropSource {
    func crop(side: Int, using random: inout SeededRandom) throws -> PlanarImage {
      // The first number of the second batch's first stream tells it apart, whichever thread makes it.
      var probe = SeededRandom(seed: 1, 1, 0)
      var here = random
      if here.next() == probe.next() { throw DatasetError(.picture, "this crop is broken") }
      return try DrawnPictures().crop(side: side, using: &random)
    }
  }

  private final class Counting: CropSource {
    let made = Atomic<Int>(0)
    func crop(side: Int, using random: inout SeededRandom) throws -> PlanarImage {
      made.add(1, ordering: .relaxed)
      return try DrawnPictures(scenes: [.gradient: 1]).crop(side: side, using: &random)
    }
  }
}
