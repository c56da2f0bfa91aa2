extension DegradationRecipe {
  private enum Key: String, CodingKey, CaseIterable { case name, scale, plainShare, blur, shrink, noise, compression }

  /// Reads a recipe; whatever is left out keeps its default (no blur, no noise, no compression). The numbers are checked.
  /// - Throws: `DegradationError` that names the key or the number.
  public init(from decoder: any Decoder) throws {
    let keys = try RecipeKeys<Key>(decoder, part: "main part")
    self.init(name: "unnamed")
    try keys.read(.name, into: &name)
    try keys.read(.scale, into: &scale)
    try keys.read(.plainShare, into: &plainShare)
    try keys.read(.blur, into: &blur)
    try keys.read(.shrink, into: &shrink)
    try keys.read(.noise, into: &noise)
    try keys.read(.compression, into: &compression)
    try check()
  }

  /// Throws unless every draw from this recipe can be carried out.
  /// - Throws: `DegradationError` that names the number and its limits.
  public func check() throws {
    try RecipeCheck.range(scale...scale, within: 1...16, "scale")
    try RecipeCheck.probability(plainShare, "plainShare")
    try RecipeCheck.weights(shrink, "shrink")
    try blur.check()
    try noise.check()
    try compression.check()
  }
}

extension BlurChoice {
  private enum Key: String, CodingKey, CaseIterable {
    case probability, families, sides, sigma, betaGeneralized, betaPlateau
  }

  /// Reads the part of a recipe; whatever is left out keeps its default.
  /// - Throws: `DegradationError` that names the key.
  public init(from decoder: any Decoder) throws {
    let keys = try RecipeKeys<Key>(decoder, part: "blur")
    self.init()
    try keys.read(.probability, into: &probability)
    try keys.read(.families, into: &families)
    try keys.read(.sides, into: &sides)
    try keys.read(.sigma, into: &sigma)
    try keys.read(.betaGeneralized, into: &betaGeneralized)
    try keys.read(.betaPlateau, into: &betaPlateau)
  }

  func check() throws {
    try RecipeCheck.probability(probability, "blur.probability")
    try RecipeCheck.weights(families, "blur.families")
    try RecipeCheck.range(sigma, within: 0.01...50, "blur.sigma")
    try RecipeCheck.range(betaGeneralized, within: 0.1...10, "blur.betaGeneralized")
    try RecipeCheck.range(betaPlateau, within: 0.1...10, "blur.betaPlateau")
    guard !sides.isEmpty, sides.allSatisfy({ $0 % 2 == 1 && (3...101).contains($0) }) else {
      throw DegradationError(
        .recipe, "checking a degradation recipe: blur.sides is \(sides); they must be odd, from 3 to 101")
    }
  }
}

extension NoiseChoice {
  private enum Key: String, CodingKey, CaseIterable { case probability, poissonShare, greyShare, sigma, poissonScale }

  /// Reads the part of a recipe; whatever is left out keeps its default.
  /// - Throws: `DegradationError` that names the key.
  public init(from decoder: any Decoder) throws {
    let keys = try RecipeKeys<Key>(decoder, part: "noise")
    self.init()
    try keys.read(.probability, into: &probability)
    try keys.read(.poissonShare, into: &poissonShare)
    try keys.read(.greyShare, into: &greyShare)
    try keys.read(.sigma, into: &sigma)
    try keys.read(.poissonScale, into: &poissonScale)
  }

  func check() throws {
    try RecipeCheck.probability(probability, "noise.probability")
    try RecipeCheck.probability(poissonShare, "noise.poissonShare")
    try RecipeCheck.probability(greyShare, "noise.greyShare")
    try RecipeCheck.range(sigma, within: 0...255, "noise.sigma")
    try RecipeCheck.range(poissonScale, within: 0...100, "noise.poissonScale")
  }
}

extension CompressionChoice {
  private enum Key: String, CodingKey, CaseIterable { case probability, quality }

  /// Reads the part of a recipe; whatever is left out keeps its default.
  /// - Throws: `DegradationError` that names the key.
  public init(from decoder: any Decoder) throws {
    let keys = try RecipeKeys<Key>(decoder, part: "compression")
    self.init()
    try keys.read(.probability, into: &probability)
    try keys.read(.quality, into: &quality)
  }

  func check() throws {
    try RecipeCheck.probability(probability, "compression.probability")
    try RecipeCheck.range(quality, within: 1...100, "compression.quality")
  }
}
