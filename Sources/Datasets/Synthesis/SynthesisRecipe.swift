/// How a data set of pairs is made: what `burnish synthesize` reads.
public struct SynthesisRecipe: Sendable, Codable {
  /// The data set's folder.
  public var output = "pairs"
  /// Which pictures.
  public var seeds = Seeds()
  /// How large they are, and how they are stored.
  public var picture = Picture()
  /// What makes them.
  public var generator = Generator()
  /// Which of them are good enough.
  public var selection = Selection()
  /// What spoils them.
  public var degradation = Degradation()

  enum CodingKeys: String, CodingKey { case output, seeds, picture, generator, selection, degradation }

  /// Which pictures: one a seed.
  public struct Seeds: Sendable, Codable {
    /// The first seed.
    public var first: UInt64 = 0
    /// How many; may be raised later, the pictures that are there stay.
    public var count = 1000

    enum CodingKeys: String, CodingKey { case first, count }

    /// The defaults.
    public init() {}

    /// All of them.
    public var range: Range<UInt64> { first..<first + UInt64(count) }
  }

  /// How large pictures are, and how they are stored.
  public struct Picture: Sendable, Codable {
    /// Columns.
    public var width = 1024
    /// Rows.
    public var height = 1024
    /// How they are stored.
    public var format = LosslessFormat.png
    /// Whether the latents that they were decoded from are stored too.
    public var latents = false

    enum CodingKeys: String, CodingKey { case width, height, format, latents }

    /// The defaults.
    public init() {}
  }

  /// What makes the pictures.
  public struct Generator: Sendable, Codable {
    /// Which kind.
    public var kind = "flux"
    /// The folder of a model; empty looks where models are installed.
    public var model = ""
    /// Steps of a model; nil is its own number.
    public var steps: Int?
    /// How strongly a model follows the text; nil is its own value.
    public var guidance: Double?
    /// What a model is told: nothing by default, since noise alone varies the pictures enough.
    public var prompt = ""
    /// Folders of photographs, where these are what pairs are made of.
    public var folders: [String] = []

    enum CodingKeys: String, CodingKey { case kind, model, steps, guidance, prompt, folders }

    /// The defaults.
    public init() {}

    /// Writes every key, those without a value as null: what is written here is what a recipe may say.
    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(kind, forKey: .kind)
      try values.encode(model, forKey: .model)
      try values.encode(steps, forKey: .steps)
      try values.encode(guidance, forKey: .guidance)
      try values.encode(prompt, forKey: .prompt)
      try values.encode(folders, forKey: .folders)
    }
  }

  /// Which pictures are good enough.
  public struct Selection: Sendable, Codable {
    /// What stands for those of CLIP-IQA, MANIQA and MUSIQ that are installed, or NIQE where none is.
    public static let automatic = "auto"
    /// Names of metrics without reference.
    public var metrics = [Selection.automatic]
    /// What is dropped.
    public var rule = SelectionRule()

    enum CodingKeys: String, CodingKey { case metrics, percentile, black, uniform }

    /// The defaults.
    public init() {}

    /// Writes every key.
    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(metrics, forKey: .metrics)
      try values.encode(rule.percentile, forKey: .percentile)
      try values.encode(rule.black, forKey: .black)
      try values.encode(rule.uniform, forKey: .uniform)
    }
  }

  /// What spoils the pictures.
  public struct Degradation: Sendable, Codable {
    /// A recipe's name or file. By default what the authors of FluxGen most likely took: Real-ESRGAN's pipeline with SeeSR's
    /// numbers.
    public var recipe = "real-esrgan-mild"
    /// Fixes what is drawn, together with a picture's own seed.
    public var seed: UInt64 = 0

    enum CodingKeys: String, CodingKey { case recipe, seed }

    /// The defaults.
    public init() {}
  }

  /// The defaults.
  public init() {}
}
