public import Degradation

/// What every batch of a training run is made of. A batch depends on the plan and its number alone.
public struct CropPlan: Sendable {
  /// Where crops come from.
  public var source: any CropSource
  /// What is done to them.
  public var recipe: DegradationRecipe
  /// Other recipes, with the parts of the crops that they spoil.
  public var others: [(recipe: DegradationRecipe, share: Double)]
  /// Who compresses.
  public var codec: any JPEGCodec
  /// Crops in a batch.
  public var batchSize: Int
  /// Columns and rows of a crop, a multiple of the recipe's scale.
  public var side: Int
  /// Fixes all batches.
  public var seed: UInt64
  /// Which of several processes this is, from 0: each gets crops of its own.
  public var rank: Int

  /// A plan.
  /// - Parameters:
  ///   - source: Where crops come from.
  ///   - recipe: What is done to them.
  ///   - others: Other recipes, with the parts of the crops that they spoil instead; all of the recipe's scale.
  ///   - codec: Who compresses.
  ///   - batchSize: Crops in a batch, at least 1.
  ///   - side: Columns and rows of a crop, a multiple of the recipe's scale.
  ///   - seed: Fixes all batches.
  ///   - rank: Which of several processes this is, from 0.
  /// - Throws: `DatasetError` for numbers that make no batch.
  public init(
    source: any CropSource, recipe: DegradationRecipe, others: [(recipe: DegradationRecipe, share: Double)] = [],
    codec: any JPEGCodec = BaselineJPEG(), batchSize: Int, side: Int, seed: UInt64, rank: Int = 0
  ) throws {
    guard batchSize > 0, rank >= 0 else {
      throw DatasetError(
        .argument, "planning batches of \(batchSize) crops for process \(rank): at least 1 crop, processes from 0")
    }
    guard side > 0, recipe.scale > 0, side % recipe.scale == 0 else {
      throw DatasetError(
        .argument,
        "planning crops of \(side)x\(side): the side must be a multiple of the recipe's scale, \(recipe.scale)")
    }
    self.source = source
    let share = others.reduce(0) { $0 + $1.share }
    guard others.allSatisfy({ $0.recipe.scale == recipe.scale && $0.share >= 0 }), share <= 1 + 1e-9 else {
      throw DatasetError(
        .argument,
        "planning crops by other recipes too: their parts, \(others.map(\.share)), must be at most 1 together, and their scales "
          + "that of '\(recipe.name)', \(recipe.scale)")
    }
    self.recipe = recipe
    self.others = others
    self.codec = codec
    self.batchSize = batchSize
    self.side = side
    self.seed = seed
    self.rank = rank
  }

  /// Makes one batch on the calling thread.
  /// - Parameter step: Which, from 0.
  /// - Throws: What the source, the recipe or the codec throws.
  public func batch(_ step: Int) throws -> CropBatch {
    var high: [PlanarImage] = []
    var low: [PlanarImage] = []
    var captions: [String] = []
    var draws: [DegradationDraw] = []
    for item in rank * batchSize..<(rank + 1) * batchSize {
      var random = SeededRandom(seed: seed, UInt64(bitPattern: Int64(step)), UInt64(item))
      let crop = try source.pairedCrop(side: side, using: &random)
      // Drawn for partners that are there too, so that a crop's stream does not depend on where it comes from.
      let draw = self.draw(using: &random)
      let degraded = try crop.low ?? draw.apply(to: crop.high, codec: codec)
      guard degraded.width * recipe.scale == side, degraded.height * recipe.scale == side else {
        throw DatasetError(
          .argument,
          "degrading a crop of \(side)x\(side) by the recipe '\(recipe.name)': \(degraded.width)x\(degraded.height) came out, "
            + "not \(side / recipe.scale)x\(side / recipe.scale); end the recipe with 'resize: {from: target}'")
      }
      high.append(crop.high)
      captions.append(crop.caption)
      low.append(degraded)
      draws.append(draw)
    }
    return CropBatch(step: step, highQuality: high, lowQuality: low, captions: captions, draws: draws)
  }

  /// What happens to a crop, by one of the recipes.
  private func draw(using random: inout SeededRandom) -> DegradationDraw {
    guard !others.isEmpty else { return recipe.draw(using: &random) }
    let shares = others.map(\.share)
    let index = random.index(weights: [max(1 - shares.reduce(0, +), 0)] + shares)
    return index == 0 ? recipe.draw(using: &random) : others[index - 1].recipe.draw(using: &random)
  }
}
