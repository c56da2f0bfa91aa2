public import Restorers

/// How StableSR is trained: `kind: stablesr`.
public typealias StableSRRecipe = TrainingRecipe<StableSRKind>

/// StableSR's own part of a recipe.
public enum StableSRKind: RecipeKind {
  /// What is trained.
  public enum Stage: Int, Sendable, Codable {
    /// The time-aware encoder and the structure layers in the U-Net.
    case structure = 1
    /// The fusions in the decoder (CFW).
    case wrapping = 2
  }

  /// What is trained, and upon what.
  public struct Model: Sendable, Codable {
    /// 1 or 2.
    public var stage = Stage.structure
    /// Of stage 1: the folder of Stable Diffusion 2.
    public var base = "models/stable-diffusion-2-base"
    /// Of stage 2: the folder that stage 1 wrote.
    public var structure = ""
    /// Of stage 1: the time-aware encoder's sizes.
    public var encoder = TimeAwareEncoderConfig()
    /// Of stage 1: channels inside the structure layers.
    public var hidden = 128
    /// Of stage 2: dense groups of a fusion.
    public var groups = FeatureWrappingConfig().denseGroups
    /// Of stage 2: channels of each result inside a dense block.
    public var growth = FeatureWrappingConfig().growth

    enum CodingKeys: String, CodingKey {
      case stage, base, structure, encoder, hidden, groups, growth
    }

    /// The release's sizes.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      var number = stage.rawValue
      try values.read(.stage, into: &number)
      try values.require(Stage(rawValue: number) != nil, .stage, "there is no stage \(number); it takes 1 and 2")
      stage = Stage(rawValue: number) ?? stage
      try values.read(.base, into: &base)
      try values.read(.structure, into: &structure)
      try values.read(.encoder, into: &encoder)
      try values.read(.hidden, into: &hidden)
      try values.read(.groups, into: &groups)
      try values.read(.growth, into: &growth)
      for (key, size, limit) in [(CodingKeys.hidden, hidden, 65536), (.groups, groups, 64), (.growth, growth, 65536)] {
        try values.require((1...limit).contains(size), key, "\(size) is out of range; it takes 1 to \(limit)")
      }
    }
  }

  /// What the loss asks for.
  public struct Objective: Sendable, Codable {
    /// Of stage 1: whether the high-quality picture is sharpened before it is learnt from, as in the 512-pixel release.
    public var sharpen = true
    /// Of stage 2: steps in which stage 1 makes each latent that is decoded.
    public var samplingSteps = 200
    /// Of stage 2: torchvision's VGG-16. Without it the loss has no perceptual part.
    public var lpipsTrunk = ""
    /// Of stage 2: the heads of LPIPS 0.1 for VGG-16.
    public var lpipsHeads = ""
    /// Of stage 2: how much the perceptual part counts.
    public var lpipsWeight = 1.0

    enum CodingKeys: String, CodingKey {
      case sharpen
      case samplingSteps = "sampling_steps"
      case lpipsTrunk = "lpips_trunk"
      case lpipsHeads = "lpips_heads"
      case lpipsWeight = "lpips_weight"
    }

    /// The release's choices.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.sharpen, into: &sharpen)
      try values.read(.samplingSteps, into: &samplingSteps)
      try values.read(.lpipsTrunk, into: &lpipsTrunk)
      try values.read(.lpipsHeads, into: &lpipsHeads)
      try values.read(.lpipsWeight, into: &lpipsWeight)
      try values.require(
        (2...1000).contains(samplingSteps), .samplingSteps, "\(samplingSteps) steps; it takes 2 to 1000")
      try values.require(
        lpipsTrunk.isEmpty == lpipsHeads.isEmpty, .lpipsHeads,
        "LPIPS has a trunk and heads; name 'lpips_trunk' and 'lpips_heads', or neither")
      try values.requireFactor(lpipsWeight, .lpipsWeight)
    }
  }

  /// What recipes call it.
  public static let name = "stablesr"
  /// The release's sizes.
  public static var model: Model { Model() }
  /// The release's choices.
  public static var objective: Objective { Objective() }

  /// The release's optimiser, crops and degradation for stage 1, of which 192 crops are a step. Stage 2 of the release has a
  /// batch of 1 and an accumulation of 8.
  public static func prepare(_ recipe: inout StableSRRecipe) {
    recipe.steps = 50_000
    recipe.data.crop = 512
    recipe.data.degradation = "stablesr"
    recipe.data.batch = 6
    recipe.data.clean = 0.01
    recipe.data.drawn = 0
    recipe.optimiser = .constant(rate: 5e-5, warmup: 0)
    recipe.optimiser.accumulation = 32
    recipe.optimiser.average = 0
  }

  /// Throws unless a second stage has a first one to stand on.
  public static func check(_ recipe: StableSRRecipe) throws(RecipeFlaw) {
    guard recipe.model.stage == .structure || !recipe.model.structure.isEmpty else {
      throw RecipeFlaw(
        "model", "stage 2 decodes what stage 1 makes; name the folder that stage 1 wrote ('structure: runs/…/model')")
    }
  }
}
