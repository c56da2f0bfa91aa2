/// Shrinking by a Gaussian and taking every so-many-th pixel (BSRGAN).
public struct DecimationChoice: Sendable, Codable, Equatable {
  /// How many times smaller.
  public var divisor = 4
  /// Standard deviations of the Gaussian, in pixels.
  public var sigma: ClosedRange<Double> = 0.1...2.4

  enum CodingKeys: String, CodingKey, CaseIterable { case divisor, sigma }

  /// Four times smaller, over BSRGAN's range.
  public init() {}

  /// BSRGAN's range for a divisor: 0.1 to 0.6 times it.
  /// - Parameter divisor: How many times smaller.
  public init(divisor: Int) {
    self.divisor = divisor
    sigma = 0.1...0.6 * Double(max(divisor, 1))
  }

  /// Reads the part of a recipe; whatever is left out keeps its default.
  /// - Throws: `DegradationError` that names the key.
  public init(from decoder: any Decoder) throws {
    let keys = try RecipeKeys<CodingKeys>(decoder)
    try keys.read(.divisor, into: &divisor)
    try keys.read(.sigma, into: &sigma)
  }

  func check(_ at: RecipeCheck) throws {
    try at.value(divisor, within: 1...16, "divisor")
    try at.range(sigma, within: 0.01...50, "sigma")
  }

  /// Draws a step.
  public func draw(using random: inout SeededRandom) -> DegradationStep {
    .decimate(divisor: divisor, sigma: random.uniform(sigma))
  }
}
