extension DegradationRecipe {
  /// The recipes that go by a name, in the order in which they are shown.
  public static let catalogue: [DegradationRecipe] = [
    bicubicX4, blurX4, noiseX4, mixtureX4, realESRGAN, realESRGANMild, stableSR, bsrgan, blindX4,
  ]

  /// The recipe of a name.
  /// - Parameter name: One of ``catalogue``'s.
  /// - Throws: `DegradationError` that lists the names, with the nearest.
  public static func named(_ name: String) throws -> DegradationRecipe {
    guard let recipe = catalogue.first(where: { $0.name == name }) else {
      let names = catalogue.map(\.name)
      let nearest = Spelling.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
      throw DegradationError(
        .recipe,
        "looking for the degradation recipe '\(name)': there are \(names.joined(separator: ", "))\(nearest)")
    }
    return recipe
  }
}
