/// How DAPE is trained: `kind: dape`.
public typealias DAPERecipe = TrainingRecipe<DAPEKind>

/// DAPE's own part of a recipe.
public enum DAPEKind: RecipeKind {
  /// What is trained upon, and how large the LoRA is.
  public struct Model: Sendable, Codable {
    /// A folder with the tagger RAM; SeeSR's, mostly.
    public var base = "models/seesr"
    /// Rows of each `A`; 0 takes what the folder's `ram_config.json` says, or the published 8.
    public var rank = 0
    /// The LoRA is multiplied by alpha / rank; 0 as for the rank, or the published 1.
    public var alpha = 0.0

    /// The folder's, or the published sizes.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.base, into: &base)
      try values.read(.rank, into: &rank)
      try values.read(.alpha, into: &alpha)
      try values.require((0...4096).contains(rank), .rank, "it is \(rank); it must be within 0…4096")
      try values.require(alpha >= 0 && alpha.isFinite, .alpha, "it is \(alpha); it must be at least 0")
    }
  }

  /// What the loss asks for.
  public struct Objective: Sendable, Codable {
    /// How much the tokens count that image transformers look at.
    public var representation = 1.0
    /// How much the tags' scores count.
    public var logits = 1.0

    /// The published sum.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.representation, into: &representation)
      try values.read(.logits, into: &logits)
      for (key, factor) in [(CodingKeys.representation, representation), (.logits, logits)] {
        try values.requireFactor(factor, key)
      }
      try values.require(representation + logits > 0, .logits, "both parts count 0; one must count more")
    }
  }

  /// What recipes call it.
  public static let name = "dape"
  /// The folder's, or the published sizes.
  public static var model: Model { Model() }
  /// The published sum.
  public static var objective: Objective { Objective() }

  /// The paper's length and batch of 32, the release's rate. Crops stand for the release's whole pictures of COCO.
  public static func prepare(_ recipe: inout DAPERecipe) {
    recipe.steps = 20_000
    recipe.data.crop = 512
    recipe.data.degradation = "real-esrgan"
    recipe.data.batch = 8
    recipe.data.clean = 0
    recipe.data.drawn = 0
    recipe.optimiser = .constant(rate: 1e-4, warmup: 0)
    recipe.optimiser.accumulation = 4
    recipe.optimiser.average = 0
  }
}
