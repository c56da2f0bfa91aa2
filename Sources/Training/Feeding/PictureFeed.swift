internal import Datasets
internal import Degradation
internal import Torch

/// Batches of pictures as a recipe's part `data` asks for them.
struct PictureFeed {
  private let recipe: DataRecipe
  private let seed: UInt64
  private let scale: Int
  private let host: TrainingHost

  /// - Parameter scale: How many times smaller low-quality partners are.
  init(_ recipe: DataRecipe, seed: UInt64, scale: Int, _ host: TrainingHost) {
    self.recipe = recipe
    self.seed = seed
    self.scale = scale
    self.host = host
  }

  /// Where crops come from.
  func source() throws -> any CropSource {
    if recipe.drawn == 1 { return DrawnPictures() }
    var parts: [(source: any CropSource, weight: Double)] = []
    for folder in recipe.folders {
      let photos = try PhotoCrops(try PictureFolder(folder), decoder: host.decoder, places: recipe.places)
      host.say("read \(photos.count) pictures of '\(folder)', \(photos.byteCount / 1_000_000) MB in memory")
      parts.append((photos, (1 - recipe.drawn) * Double(photos.count)))
    }
    for path in recipe.pairs {
      let pairs = try PairCrops(path, decoder: host.decoder)
      guard pairs.scale == scale else {
        throw TrainingError(
          .data, "the pairs in '\(path)' are ×\(pairs.scale), and what is trained is ×\(scale); take others")
      }
      host.say("found \(pairs.count) pairs in '\(path)'")
      parts.append((pairs, (1 - recipe.drawn) * Double(pairs.count)))
    }
    let photoWeight = parts.reduce(0) { $0 + $1.weight }
    if recipe.drawn > 0 {
      parts.append((DrawnPictures(), photoWeight * recipe.drawn / (1 - recipe.drawn)))
    }
    return try MixedCrops(parts)
  }

  /// What batches are made of.
  func plan(_ source: any CropSource) throws -> CropPlan {
    var degradation = try DegradationRecipe.named(recipe.degradation)
    degradation.scale = scale
    degradation.plainShare = recipe.clean
    let others = try recipe.others.sorted { $0.key < $1.key }.map { name, share in
      var other = try DegradationRecipe.named(name)
      other.scale = scale
      return (recipe: other, share: share)
    }
    return try CropPlan(
      source: source, recipe: degradation, others: others, codec: host.codec, batchSize: recipe.batch,
      side: recipe.crop, seed: seed)
  }

  /// Crops as tensors.
  func batch(_ crops: CropBatch) throws -> PictureBatch {
    PictureBatch(
      high_BCHW: try crops.highQualityTensor(), low_BCHW: try crops.lowQualityTensor(), captions: crops.captions)
  }
}
