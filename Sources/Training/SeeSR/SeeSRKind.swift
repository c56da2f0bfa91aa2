/// How SeeSR is trained: `kind: seesr`.
public typealias SeeSRRecipe = TrainingRecipe<SeeSRKind>

/// SeeSR's own part of a recipe.
public enum SeeSRKind: RecipeKind {
  /// What is trained upon.
  public struct Model: Sendable, Codable {
    /// The folder of Stable Diffusion 2 with its U-Net, and of the tagger's files.
    public var base = "models/stable-diffusion-2-base"
    /// Widths of the ControlNet's picture encoder, which halves the picture between them.
    public var controlChannels = [16, 32, 96, 256]

    enum CodingKeys: String, CodingKey {
      case base
      case controlChannels = "control_channels"
    }

    /// The published sizes.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.base, into: &base)
      try values.read(.controlChannels, into: &controlChannels)
      try values.require(
        !controlChannels.isEmpty && controlChannels.allSatisfy { $0 > 0 }, .controlChannels,
        "the widths are \(controlChannels); name at least one, all above 0")
    }
  }

  /// What the loss asks for.
  public struct Objective: Sendable, Codable {
    /// Part of the rows whose prompt is left out.
    public var drop = 0.5
    /// Whether pictures without a caption get the tags that the tagger finds on the high-quality picture.
    public var tags = true

    /// The published choices.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.drop, into: &drop)
      try values.read(.tags, into: &tags)
      try values.requireShare(drop, .drop)
    }
  }

  /// What recipes call it.
  public static let name = "seesr"
  /// The published sizes.
  public static var model: Model { Model() }
  /// The published choices.
  public static var objective: Objective { Objective() }

  /// The release's optimiser and crops.
  public static func prepare(_ recipe: inout SeeSRRecipe) {
    recipe.steps = 150_000
    recipe.data.crop = 512
    recipe.data.degradation = "real-esrgan"
    recipe.data.batch = 2
    recipe.data.clean = 0
    recipe.data.drawn = 0
    recipe.optimiser = .constant(rate: 5e-5, warmup: 500)
  }
}
