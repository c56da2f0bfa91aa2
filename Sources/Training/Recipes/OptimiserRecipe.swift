/// The optimiser.
public struct OptimiserRecipe: Sendable, Codable {
  /// The highest learning rate.
  public var rate = 4e-4
  /// Steps over which it rises.
  public var warmup = 200
  /// Decoupled weight decay.
  public var decay = 1e-4
  /// How the rate goes on after its rise.
  public var course = LearningRate.Course.cosine
  /// The rate at the end of a falling course, as a part of the highest.
  public var floor = 0.01
  /// Decay of the mean of gradients.
  public var beta1 = 0.9
  /// Decay of the mean of squared gradients.
  public var beta2 = 0.99
  /// Batches whose gradients one step takes the mean of.
  public var accumulation = 1
  /// Whether blocks are computed again in the backward pass instead of kept: less memory, a third more time.
  public var recompute = false
  /// The longest allowed gradient over all parameters.
  public var clip = 1.0
  /// Decay of the moving average that is shipped.
  public var average = 0.999

  enum CodingKeys: String, CodingKey {
    case rate, warmup, course, floor, beta1, beta2, accumulation, recompute, clip, average
    case decay = "weight_decay"
  }

  /// The defaults.
  public init() {}

  /// PyTorch's AdamW at one rate after its rise: what most releases were trained with.
  static func constant(rate: Double, warmup: Int) -> OptimiserRecipe {
    var recipe = OptimiserRecipe()
    (recipe.rate, recipe.warmup, recipe.course) = (rate, warmup, .constant)
    (recipe.beta2, recipe.decay) = (0.999, 1e-2)
    return recipe
  }

  /// Reads a recipe's part. Keys that are absent keep their defaults.
  public init(from decoder: any Decoder) throws { try self.init(from: decoder, defaults: OptimiserRecipe()) }

  /// The same where a kind has defaults of its own.
  init(from decoder: any Decoder, defaults: OptimiserRecipe) throws {
    self = defaults
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.rate, into: &rate)
    try values.read(.warmup, into: &warmup)
    try values.read(.course, into: &course)
    try values.read(.floor, into: &floor)
    try values.read(.beta1, into: &beta1)
    try values.read(.beta2, into: &beta2)
    try values.read(.accumulation, into: &accumulation)
    try values.read(.recompute, into: &recompute)
    try values.read(.decay, into: &decay)
    try values.read(.clip, into: &clip)
    try values.read(.average, into: &average)
    try values.require(rate > 0 && rate.isFinite, .rate, "the learning rate is \(rate); it must be above 0")
    try values.require(warmup >= 0, .warmup, "the rise takes \(warmup) steps; it must be at least 0")
    try values.require(decay >= 0 && decay.isFinite, .decay, "the decay is \(decay); it must be at least 0")
    try values.requireShare(floor, .floor)
    for (key, beta) in [(CodingKeys.beta1, beta1), (.beta2, beta2)] {
      try values.require((0..<1).contains(beta), key, "the decay is \(beta); it must be at least 0 and below 1")
    }
    try values.require(accumulation >= 1, .accumulation, "\(accumulation) batches a step; there must be at least 1")
    try values.require(clip > 0, .clip, "the longest gradient is \(clip); it must be above 0")
    try values.require(
      (0..<1).contains(average), .average, "the average's decay is \(average); it must be at least 0 and below 1")
  }
}

extension OptimiserRecipe {
  /// What AdamW is told.
  var settings: AdamW.Settings {
    var settings = AdamW.Settings()
    settings.beta1 = beta1
    settings.beta2 = beta2
    settings.weightDecay = decay
    return settings
  }

  /// The rate over a run.
  func learningRate(steps: Int) -> LearningRate {
    var learningRate = LearningRate(peak: rate, warmup: warmup, steps: steps, course: course)
    learningRate.floor = floor
    return learningRate
  }
}
