/// How often and how strongly a recipe compresses.
public struct CompressionChoice: Sendable, Codable, Equatable {
  /// How often there is JPEG at all.
  public var probability: Double = 1
  /// Qualities, uniform among the whole numbers.
  public var quality: ClosedRange<Int> = 30...95

  enum CodingKeys: String, CodingKey, CaseIterable { case probability, quality }

  /// Always, over Real-ESRGAN's range.
  public init() {}

  /// Always, over a range.
  /// - Parameter quality: Within 1 … 100.
  public init(quality: ClosedRange<Int>) { self.quality = quality }

  /// Reads the part of a recipe; whatever is left out keeps its default.
  /// - Throws: `DegradationError` that names the key.
  public init(from decoder: any Decoder) throws {
    let keys = try RecipeKeys<CodingKeys>(decoder)
    try keys.read(.probability, into: &probability)
    try keys.read(.quality, into: &quality)
  }

  func check(_ at: RecipeCheck) throws {
    try at.probability(probability, "probability")
    try at.range(quality, within: 1...100, "quality")
  }

  /// Draws a step, or none.
  public func draw(using random: inout SeededRandom) -> DegradationStep? {
    random.chance(probability) ? .jpeg(quality: random.integer(quality)) : nil
  }
}
