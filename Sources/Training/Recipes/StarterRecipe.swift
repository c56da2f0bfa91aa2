internal import Priors
public import Restorers

/// How a starter model is trained: `kind: starter`.
public typealias StarterRecipe = TrainingRecipe<StarterKind>

/// The starter's own part of a recipe.
public enum StarterKind: RecipeKind {
  /// Which networks learn; the others keep what the recipe's `start` gave them.
  public enum Learners: String, Sendable, Codable, CaseIterable {
    /// Every one.
    case all
    /// The restoration module alone, by its own answer.
    case module
    /// U-Net and ControlNet, over a restoration module that stays as it is.
    case diffusion
  }

  /// What the loss asks for.
  public struct Objective: Sendable, Codable {
    /// Which networks learn.
    public var learners = Learners.all
    /// Part of the rows that stand at the first (noisiest) time; the others are spread over the later ones.
    public var first = 0.6
    /// Part of the steps whose later rows see a refined condition: the prediction of a first pass, mixed in.
    public var refined = 0.5
    /// Part of the later rows of those steps that start from the first pass's prediction, as the loop does, instead of the
    /// high-quality picture.
    public var simulated = 0.0
    /// How much the error counts at each time.
    public var timestepWeight = StarterKind.evenly
    /// How much the judgement of a discriminator counts, of rows at later times than the first; 0 trains without one.
    public var adversarial = 0.0
    /// Width of the discriminator.
    public var discriminatorWidth = 64
    /// Factor of the learning rate for the discriminator.
    public var discriminatorRate = 1.0

    enum CodingKeys: String, CodingKey {
      case learners, first, refined, simulated, adversarial
      case timestepWeight = "timestep_weight"
      case discriminatorWidth = "discriminator_width"
      case discriminatorRate = "discriminator_rate"
    }

    /// The defaults.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.readChoice(.learners, into: &learners)
      try values.read(.first, into: &first)
      try values.read(.refined, into: &refined)
      try values.read(.simulated, into: &simulated)
      try values.read(.timestepWeight, into: &timestepWeight)
      try values.read(.adversarial, into: &adversarial)
      try values.read(.discriminatorWidth, into: &discriminatorWidth)
      try values.read(.discriminatorRate, into: &discriminatorRate)
      try values.requireFactor(adversarial, .adversarial)
      try values.requireFactor(discriminatorRate, .discriminatorRate)
      try values.require(
        discriminatorWidth.isMultiple(of: 4) && (4...1 << 14).contains(discriminatorWidth), .discriminatorWidth,
        "it is \(discriminatorWidth); it must be a multiple of 4")
      try values.requireShare(simulated, .simulated)
      try values.requireShare(first, .first)
      try values.requireShare(refined, .refined)
    }
  }

  /// Every time counts alike.
  static let evenly: TimestepWeight = {
    var weight = TimestepWeight()
    weight.form = .constant
    return weight
  }()

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
    var model = StarterConfig(network: network)
    model.restorationModule = RestorationModule.Config()
    model.views = 4
    model.detail = 1.8
    return model
  }

  /// The defaults.
  public static var objective: Objective { Objective() }

  /// Throws unless crops can be cut into the model's blocks, and the networks that shall learn are there.
  public static func check(_ recipe: StarterRecipe) throws(RecipeFlaw) {
    guard recipe.objective.learners == .all || recipe.model.restorationModule != nil else {
      throw RecipeFlaw(
        "objective",
        "learners: \(recipe.objective.learners.rawValue) needs a model with a restoration_module, and this one has none"
      )
    }
    guard recipe.objective.adversarial == 0 || recipe.objective.learners == .diffusion else {
      throw RecipeFlaw(
        "objective", "adversarial looks through a restoration module that stays as it is: set learners to diffusion")
    }
    for (name, factor) in [("scale", recipe.model.scale), ("unshuffle", recipe.model.unshuffle)] {
      guard recipe.data.crop % factor == 0 else {
        throw RecipeFlaw(
          "data", "the side of the crops, \(recipe.data.crop), is no multiple of the model's \(name), \(factor)")
      }
    }
  }
}
