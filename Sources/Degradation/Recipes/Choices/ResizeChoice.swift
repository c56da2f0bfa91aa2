/// By how much, and by which method, a recipe resizes.
public struct ResizeChoice: Sendable, Codable, Equatable {
  /// What a factor counts from.
  public enum Reference: String, Sendable, Codable, CaseIterable {
    /// The picture as it is at that point.
    case current
    /// The size that the recipe ends with: the first picture's, divided by the scale.
    case target
  }

  /// What factors count from.
  public var from: Reference = .current
  /// How often the picture is made larger, relative to ``down`` and ``keep``.
  public var up = 0.0
  /// How often the picture is made smaller.
  public var down = 0.0
  /// How often the factor is 1.
  public var keep = 1.0
  /// Factors above 1.
  public var upFactor: ClosedRange<Double> = 1...1.5
  /// Factors below 1.
  public var downFactor: ClosedRange<Double> = 0.15...1
  /// Whether 1/factor is what is uniform, and not the factor (BSRGAN).
  public var isReciprocal = false
  /// How often each method is drawn, relative to the others.
  public var methods: [Resampling: Double] = [.area: 1, .bilinear: 1, .bicubic: 1]

  enum CodingKeys: String, CodingKey, CaseIterable {
    case from, up, down, keep
    case upFactor = "up_factor"
    case downFactor = "down_factor"
    case isReciprocal = "reciprocal"
    case methods
  }

  /// The size as it is, by one of PyTorch's three methods.
  public init() {}

  /// The size that the recipe ends with.
  /// - Parameter methods: How often each method is drawn, relative to the others.
  public static func toTarget(_ methods: [Resampling: Double]) -> ResizeChoice {
    var choice = ResizeChoice()
    choice.from = .target
    choice.methods = methods
    return choice
  }

  /// Reads the part of a recipe; whatever is left out keeps its default.
  /// - Throws: `DegradationError` that names the key.
  public init(from decoder: any Decoder) throws {
    let keys = try RecipeKeys<CodingKeys>(decoder)
    try keys.read(.from, word: &from)
    try keys.read(.up, into: &up)
    try keys.read(.down, into: &down)
    try keys.read(.keep, into: &keep)
    try keys.read(.upFactor, into: &upFactor)
    try keys.read(.downFactor, into: &downFactor)
    try keys.read(.isReciprocal, into: &isReciprocal)
    try keys.read(.methods, into: &methods)
  }

  func check(_ at: RecipeCheck) throws {
    try at.weights(["up": up, "down": down, "keep": keep], "up, down and keep")
    try at.range(upFactor, within: 1...8, "up_factor")
    try at.range(downFactor, within: 0.02...1, "down_factor")
    try at.weights(methods, "methods")
  }

  /// Draws a step, or none where nothing would change.
  /// - Parameters:
  ///   - scale: What the recipe divides sizes by.
  ///   - random: The picture's stream.
  public func draw(scale: Int, using random: inout SeededRandom) -> DegradationStep? {
    // Certainty draws nothing.
    let direction = up > 0 || down > 0 ? random.index(weights: [up, down, keep]) : 2
    let factor: Double =
      switch direction {
      case 0: drawFactor(upFactor, &random)
      case 1: drawFactor(downFactor, &random)
      default: 1
      }
    let method = Resampling.allCases[random.index(weights: Resampling.allCases.map { methods[$0] ?? 0 })]
    switch from {
    case .current: return factor == 1 ? nil : .resize(factor: factor, method: method)
    case .target: return .resizeToFraction(fraction: factor / Double(scale), method: method)
    }
  }

  private func drawFactor(_ range: ClosedRange<Double>, _ random: inout SeededRandom) -> Double {
    isReciprocal ? 1 / random.uniform(1 / range.upperBound...1 / range.lowerBound) : random.uniform(range)
  }
}
