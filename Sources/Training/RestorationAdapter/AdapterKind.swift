public import Restorers

/// How restoration adapters are trained: `kind: restoration-adapter`.
public typealias AdapterRecipe = TrainingRecipe<AdapterKind>

/// The restoration adapters' own part of a recipe.
public enum AdapterKind: RecipeKind {
  /// What is trained upon, and what it is made of.
  public struct Model: Sendable, Codable {
    /// `sdxl-adapter` or `sd3-adapter`.
    public var system = "sdxl-adapter"
    /// The base model's folder or single file.
    public var base = "models/stable-diffusion-xl-base-1.0"
    /// Whether SD 3 reads captions with T5 too where it is there.
    public var usesT5 = true
    /// The side of the pictures that SDXL is told it makes, pixels: as the restorer tells it.
    public var toldSide = 1024
    /// What the adapters are made of; nil takes Burnish's choice for the base model.
    public var adapter: RestorationAdapterConfig?

    enum CodingKeys: String, CodingKey {
      case system, base, adapter
      case usesT5 = "t5"
      case toldSide = "told_side"
    }

    /// SDXL with Burnish's choice of adapters.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.system, into: &system)
      try values.read(.base, into: &base)
      try values.read(.usesT5, into: &usesT5)
      try values.read(.toldSide, into: &toldSide)
      adapter = try values.decodeIfPresent(RestorationAdapterConfig.self, forKey: .adapter)
      let systems = AdapterPrior.systems
      try values.require(
        systems.contains(system), .system,
        "'\(system)' is not known; it takes \(systems.joined(separator: " and "))")
      try values.require(
        (64...16384).contains(toldSide), .toldSide, "\(toldSide) is out of range; it takes 64 to 16384")
    }

    /// Writes all keys, that of the adapters too where they are Burnish's choice.
    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(system, forKey: .system)
      try values.encode(base, forKey: .base)
      try values.encode(usesT5, forKey: .usesT5)
      try values.encode(toldSide, forKey: .toldSide)
      try values.encode(adapter ?? (system == AdapterPrior.systems[0] ? .x1 : .m1), forKey: .adapter)
    }
  }

  /// What the loss asks for.
  public struct Objective: Sendable, Codable {
    /// Part of the rows whose caption is left out.
    public var dropCaption = 0.2
    /// Part of the rows whose whole prompt is left out.
    public var drop = 0.1
    /// Words on the low-quality picture behind every caption ("low-resolution, compressed"): the restorer's setting
    /// `degradation_words` has to say the same.
    public var degradationWords = ""
    /// Factor of the learning rate for the LoRA.
    public var lowRankRate = 1.0
    /// How often a rectified flow is trained at each time.
    public var times = TimesRecipe()

    enum CodingKeys: String, CodingKey {
      case drop, times
      case dropCaption = "drop_caption"
      case degradationWords = "degradation_words"
      case lowRankRate = "lora_rate"
    }

    /// Burnish's choices: the paper does not say its own.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.dropCaption, into: &dropCaption)
      try values.read(.drop, into: &drop)
      try values.read(.degradationWords, into: &degradationWords)
      try values.read(.lowRankRate, into: &lowRankRate)
      try values.read(.times, into: &times)
      for (key, share) in [(CodingKeys.drop, drop), (.dropCaption, dropCaption)] {
        try values.requireShare(share, key)
      }
      try values.requireFactor(lowRankRate, .lowRankRate)
    }
  }

  /// What recipes call it.
  public static let name = "restoration-adapter"
  /// SDXL with Burnish's choice of adapters.
  public static var model: Model { Model() }
  /// Burnish's choices: the paper does not say its own.
  public static var objective: Objective { Objective() }

  /// Burnish's choices: the paper does not say its own.
  public static func prepare(_ recipe: inout AdapterRecipe) {
    recipe.steps = 100_000
    recipe.data.crop = 1024
    recipe.data.degradation = "real-esrgan-mild"
    recipe.data.batch = 1
    recipe.data.clean = 0
    recipe.data.drawn = 0
    recipe.optimiser = .constant(rate: 1e-4, warmup: 1000)
    recipe.optimiser.accumulation = 32
    recipe.optimiser.recompute = true
    recipe.optimiser.average = 0.9999
  }
}
