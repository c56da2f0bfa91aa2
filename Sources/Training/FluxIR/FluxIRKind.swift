public import Restorers

/// How a FluxIR adapter is trained: `kind: fluxir`.
public typealias FluxIRRecipe = TrainingRecipe<FluxIRKind>

/// FluxIR's own part of a recipe.
public enum FluxIRKind: RecipeKind {
  /// What is trained upon, and what it is made of.
  public struct Model: Sendable, Codable {
    /// The folder of FLUX.1-dev, not in int8.
    public var base = "models/FLUX.1-dev"
    /// The form of the layers that spread the block's features: `bottleneck`, `gate` or `token-gate`.
    public var layer = FluxIRConfig.Kind.bottleneck
    /// Width inside a layer.
    public var rank = FluxIRConfig().rank
    /// Whether the text's tokens are controlled behind single blocks too.
    public var textInSingle = true
    /// Tokens of every text.
    public var textLength = FluxIRConfig().textLength
    /// What FLUX.1-dev is told of guidance while it is trained upon.
    public var guidance = FluxIRConfig().trainingGuidance

    enum CodingKeys: String, CodingKey {
      case base, layer, rank, guidance
      case textInSingle = "text_in_single"
      case textLength = "text_length"
    }

    /// The recommended sizes: 0.41 thousand million numbers.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.base, into: &base)
      var name = layer.rawValue
      try values.read(.layer, into: &name)
      let names = FluxIRConfig.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      try values.require(
        FluxIRConfig.Kind(rawValue: name) != nil, .layer, "'\(name)' is not known; it is one of \(names)")
      layer = FluxIRConfig.Kind(rawValue: name) ?? layer
      try values.read(.rank, into: &rank)
      try values.read(.textInSingle, into: &textInSingle)
      try values.read(.textLength, into: &textLength)
      try values.read(.guidance, into: &guidance)
      for (key, size) in [(CodingKeys.rank, rank), (.textLength, textLength)] {
        try values.require((1...65536).contains(size), key, "\(size) is out of range; it takes 1 to 65536")
      }
      try values.require(
        guidance > 0 && guidance.isFinite, .guidance, "the guidance is \(guidance); it must be above 0")
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(base, forKey: .base)
      try values.encode(layer.rawValue, forKey: .layer)
      try values.encode(rank, forKey: .rank)
      try values.encode(textInSingle, forKey: .textInSingle)
      try values.encode(textLength, forKey: .textLength)
      try values.encode(guidance, forKey: .guidance)
    }

    /// What the adapter's file says of itself.
    var config: FluxIRConfig {
      var config = FluxIRConfig()
      config.kind = layer
      config.rank = rank
      config.controlsTextInSingleBlocks = textInSingle
      config.textLength = textLength
      config.trainingGuidance = guidance
      return config
    }
  }

  /// What the loss asks for.
  public struct Objective: Sendable, Codable {
    /// Part of the rows whose caption is left out. Of 1, text encoders are needed for the empty prompt alone.
    public var drop = 1.0
    /// How often each time is trained at. The default is the shift of a run at 1024 pixels; at 512 pixels its `mu` is 0.63.
    public var times = FluxIRKind.times
    /// λ of the loss on pixels; 0 leaves it out, and decodes nothing.
    public var pixelWeight = 0.1
    /// Side of the part that is decoded and compared, in latent pixels.
    public var pixelCrop = 64
    /// Latent pixels around it that are decoded too.
    public var pixelHalo = 8
    /// Factor of the learning rate for the block, which is a copy of FLUX.1's first.
    public var blockRate = 0.1

    enum CodingKeys: String, CodingKey {
      case drop, times
      case pixelWeight = "pixel_weight"
      case pixelCrop = "pixel_crop"
      case pixelHalo = "pixel_halo"
      case blockRate = "block_rate"
    }

    /// Burnish's choices: the paper does not say its own.
    public init() {}

    /// Reads a recipe's part. Keys that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.read(.drop, into: &drop)
      if values.contains(.times) {
        times = try TimesRecipe(from: values.superDecoder(forKey: .times), defaults: times)
      }
      try values.read(.pixelWeight, into: &pixelWeight)
      try values.read(.pixelCrop, into: &pixelCrop)
      try values.read(.pixelHalo, into: &pixelHalo)
      try values.read(.blockRate, into: &blockRate)
      try values.requireShare(drop, .drop)
      for (key, factor) in [(CodingKeys.pixelWeight, pixelWeight), (.blockRate, blockRate)] {
        try values.requireFactor(factor, key)
      }
      try values.require(pixelCrop >= 1, .pixelCrop, "the side is \(pixelCrop); it must be at least 1")
      try values.require(pixelHalo >= 0, .pixelHalo, "the halo is \(pixelHalo); it must be at least 0")
    }
  }

  /// Training where a run's steps lie.
  static var times: TimesRecipe {
    var times = TimesRecipe()
    times.name = "shifted"
    return times
  }

  /// What recipes call it.
  public static let name = "fluxir"
  /// The recommended sizes.
  public static var model: Model { Model() }
  /// Burnish's choices: the paper does not say its own.
  public static var objective: Objective { Objective() }

  /// The paper's batch and number of pictures (64; 350,000 in about ten rounds); the rest are Burnish's choices, where the
  /// paper says none.
  public static func prepare(_ recipe: inout FluxIRRecipe) {
    recipe.steps = 50_000
    recipe.data.crop = 1024
    recipe.data.degradation = "real-esrgan"
    recipe.data.batch = 1
    recipe.data.clean = 0
    recipe.data.drawn = 0
    recipe.optimiser = .constant(rate: 1e-4, warmup: 500)
    recipe.optimiser.accumulation = 64
    recipe.optimiser.recompute = true
  }

  /// Throws unless crops are whole tokens: 16 pixels.
  public static func check(_ recipe: FluxIRRecipe) throws(RecipeFlaw) {
    guard recipe.data.crop.isMultiple(of: 16) else {
      throw RecipeFlaw("data", "the side of the crops, \(recipe.data.crop), is no multiple of 16")
    }
  }
}
