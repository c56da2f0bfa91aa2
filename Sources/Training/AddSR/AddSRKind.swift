/// How AddSR is trained: `kind: addsr`.
public typealias AddSRRecipe = TrainingRecipe<AddSRKind>

/// AddSR's own part of a recipe.
public enum AddSRKind: RecipeKind {
  /// Which part of SeeSR's networks the student changes.
  public enum Trained: String, Sendable, Codable, CaseIterable {
    /// The release's: the image transformers of both networks, and what the picture enters the ControlNet by.
    case transformers
    /// What SeeSR's own training changes: the whole ControlNet, and the U-Net's image transformers.
    case controlnet
    /// Both networks, for small ones.
    case all

    /// Whether a parameter is trained.
    func takes(_ key: String, ofControlNet isControlNet: Bool) -> Bool {
      switch self {
      case .all: true
      case .controlnet: isControlNet || key.contains("image_attentions.")
      case .transformers:
        key.contains("image_attentions.") || isControlNet && key.hasPrefix("controlnet_cond_embedding.")
      }
    }
  }

  /// What is trained upon, and what is trained.
  public struct Model: Sendable, Codable {
    /// SeeSR's folder: the teacher, and what the student begins as.
    public var base = "models/seesr"
    /// Which part of it the student changes.
    public var trained = Trained.transformers
    /// What tells the student's pictures from real ones.
    public var discriminator = DiscriminatorConfig()

    /// The release's choices.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.base, into: &base)
      try values.readChoice(.trained, into: &trained)
      try values.read(.discriminator, into: &discriminator)
    }
  }

  /// Where student and teacher are compared.
  public enum Space: String, Sendable, Codable, CaseIterable {
    /// In decoded pictures of 0…1, as the release does.
    case pixels
    /// In latents: nothing is decoded for it.
    case latents
  }

  /// What the loss asks for.
  public struct Objective: Sendable, Codable {
    /// Lambda: how much the discriminator's judgement counts; 0 trains without one.
    public var adversarial = 0.02
    /// Factor of the learning rate for the discriminator.
    public var discriminatorRate = 1.0
    /// How much the teacher's answer counts at each of the student's times.
    public var timestepWeight = TimestepWeight()
    /// Where student and teacher are compared.
    public var space = Space.pixels
    /// Part of the batches whose rows stand at the later times: a first pass without gradients at the time before, then the
    /// judged one. The others are judged at the first time.
    public var twoPass = 0.5
    /// Prediction-based self-refinement: how much of what the judged pass looks at is the first one's picture. 1 is the
    /// paper's, 0 leaves it out, and the first pass with it.
    public var refinement = 1.0
    /// Part of the rows whose prompt is left out.
    public var drop = 0.0
    /// Whether pictures without a caption get the tags that the tagger finds on the high-quality picture.
    public var tags = true

    enum CodingKeys: String, CodingKey {
      case adversarial, space, refinement, drop, tags
      case discriminatorRate = "discriminator_rate"
      case timestepWeight = "timestep_weight"
      case twoPass = "two_pass"
    }

    /// The published choices.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.adversarial, into: &adversarial)
      try values.read(.discriminatorRate, into: &discriminatorRate)
      try values.read(.timestepWeight, into: &timestepWeight)
      try values.readChoice(.space, into: &space)
      try values.read(.twoPass, into: &twoPass)
      try values.read(.refinement, into: &refinement)
      try values.read(.drop, into: &drop)
      try values.read(.tags, into: &tags)
      for (key, factor) in [(CodingKeys.adversarial, adversarial), (.discriminatorRate, discriminatorRate)] {
        try values.requireFactor(factor, key)
      }
      for (key, share) in [(CodingKeys.twoPass, twoPass), (.refinement, refinement), (.drop, drop)] {
        try values.requireShare(share, key)
      }
    }
  }

  /// What recipes call it.
  public static let name = "addsr"
  /// The release's choices.
  public static var model: Model { Model() }
  /// The published choices.
  public static var objective: Objective { Objective() }

  /// The release's optimiser and crops, the paper's batch of 6.
  public static func prepare(_ recipe: inout AddSRRecipe) {
    recipe.steps = 50_000
    recipe.data.crop = 512
    recipe.data.degradation = "real-esrgan"
    recipe.data.batch = 2
    recipe.data.clean = 0
    recipe.data.drawn = 0
    recipe.optimiser = .constant(rate: 2e-5, warmup: 0)
    recipe.optimiser.accumulation = 3
    recipe.optimiser.average = 0.99
  }
}
