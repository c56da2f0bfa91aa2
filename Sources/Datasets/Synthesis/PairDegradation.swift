public import Degradation
internal import Foundation

/// What spoils the pictures of a data set of pairs, as its settings record it.
public struct PairDegradation: Sendable, Codable, Equatable {
  /// The recipe's name.
  public var recipe: String
  /// SHA-256 of the recipe's numbers: a name may come to mean something else.
  public var digest: String
  /// How many times smaller low-quality pictures are along each side.
  public var scale: Int
  /// Fixes what is drawn, together with a picture's own seed.
  public var seed: UInt64

  /// A recipe under a seed.
  /// - Throws: What encoding the recipe throws.
  public init(_ recipe: DegradationRecipe, seed: UInt64) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var numbers = recipe
    numbers.summary = ""
    self.recipe = recipe.name
    digest = SHA256.hex(Array(try encoder.encode(numbers)))
    scale = recipe.scale
    self.seed = seed
  }
}

/// Makes the low-quality picture of a pair.
public struct PairDegrader: Sendable {
  /// What the settings record of it.
  public let degradation: PairDegradation
  private let recipe: DegradationRecipe
  private let codec: any JPEGCodec

  /// A recipe at work.
  /// - Parameters:
  ///   - recipe: What is done.
  ///   - seed: Fixes what is drawn, together with a picture's own seed.
  ///   - codec: Who compresses.
  /// - Throws: What encoding the recipe throws.
  public init(_ recipe: DegradationRecipe, seed: UInt64, codec: any JPEGCodec) throws {
    degradation = try PairDegradation(recipe, seed: seed)
    self.recipe = recipe
    self.codec = codec
  }

  /// The low-quality picture, which depends on nothing but the picture and both seeds.
  /// - Parameters:
  ///   - high: The high-quality picture.
  ///   - seed: Its own seed.
  /// - Throws: What the recipe and the codec throw.
  public func low(_ high: PlanarImage, seed: UInt64) throws -> PlanarImage {
    var random = SeededRandom(seed: degradation.seed, seed)
    return try recipe.draw(using: &random).apply(to: high, codec: codec)
  }
}
