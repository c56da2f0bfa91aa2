internal import Priors
public import Restorers

/// How a starter model is trained: `kind: starter`.
public typealias StarterRecipe = TrainingRecipe<StarterKind>

/// The starter's own part of a recipe.
public enum StarterKind: RecipeKind {
  /// What the loss asks for.
  public struct Objective: Sendable, Codable {
    /// Part of the rows that stand at the first (noisiest) time; the others are spread over the later ones.
    public var first = 0.6
    /// Part of the steps whose later rows see a refined condition: the prediction of a first pass, mixed in.
    public var refined = 0.5

    /// The defaults.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.first, into: &first)
      try values.read(.refined, into: &refined)
      try values.requireShare(first, .first)
      try values.requireShare(refined, .refined)
    }
  }

  /// What recipes call it.
  public static let name = "starter"

  /// The sizes of the starter that ships with Burnish.
  public static var model: StarterConfig {
    var network = UNetConfig()
    network.inChannels = 48
    network.outChannels = 48
    network.blockOutChannels = [64, 128, 192]
    network.downBlockTypes = Array(repeating: "DownBlock2D", count: 3)
    network.upBlockTypes = Array(repeating: "UpBlock2D", count: 3)
    network.midBlockType = "UNetMidBlock2D"
    network.transformerLayersPerBlock = [1, 1, 1]
    network.headCounts = [8, 8, 8]
    network.normGroups = 8
    return StarterConfig(network: network)
  }

  /// The defaults.
  public static var objective: Objective { Objective() }

  /// Throws unless crops can be cut into the model's blocks.
  public static func check(_ recipe: StarterRecipe) throws(RecipeFlaw) {
    for (name, factor) in [("scale", recipe.model.scale), ("unshuffle", recipe.model.unshuffle)] {
      guard recipe.data.crop % factor == 0 else {
        throw RecipeFlaw(
          "data", "the side of the crops, \(recipe.data.crop), is no multiple of the model's \(name), \(factor)")
      }
    }
  }
}
