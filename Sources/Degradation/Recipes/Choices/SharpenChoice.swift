/// Whether and how a recipe sharpens.
public struct SharpenChoice: Sendable, Codable, Equatable {
  /// How often there is sharpening at all.
  public var probability: Double = 1
  /// Taps of the blur; an even number is raised by one.
  public var radius = 50
  /// How much of the residual is added.
  public var weight = 0.5
  /// Residuals up to this, in levels of 0 … 255, are left alone.
  public var threshold = 10.0

  enum CodingKeys: String, CodingKey, CaseIterable { case probability, radius, weight, threshold }

  /// Always, with the numbers of Real-ESRGAN.
  public init() {}

  /// Reads the part of a recipe; whatever is left out keeps its default.
  /// - Throws: `DegradationError` that names the key.
  public init(from decoder: any Decoder) throws {
    let keys = try RecipeKeys<CodingKeys>(decoder)
    try keys.read(.probability, into: &probability)
    try keys.read(.radius, into: &radius)
    try keys.read(.weight, into: &weight)
    try keys.read(.threshold, into: &threshold)
  }

  func check(_ at: RecipeCheck) throws {
    try at.probability(probability, "probability")
    try at.value(radius, within: 1...500, "radius")
    try at.value(weight, within: 0...10, "weight")
    try at.value(threshold, within: 0...255, "threshold")
  }

  /// Draws a step, or none.
  public func draw(using random: inout SeededRandom) -> DegradationStep? {
    // Certainty draws nothing: a recipe with sharpening differs from one without in nothing else.
    guard probability >= 1 || random.chance(probability) else { return nil }
    return .sharpen(mask: UnsharpMask(radius: radius, weight: weight, threshold: threshold))
  }
}
