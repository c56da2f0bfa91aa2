extension DegradationRecipe {
  /// Case A of the AddSR paper: MATLAB bicubic ×1/4, 8 bits.
  public static let bicubicX4 = DegradationRecipe(name: "bicubic-x4")

  /// Case B: Gaussian blur of σ 2 (21x21), then A.
  public static let blurX4: DegradationRecipe = {
    var recipe = DegradationRecipe(name: "blur-x4")
    recipe.blur = .fixed(sigma: 2)
    return recipe
  }()

  /// Case C: A with Gaussian noise of σ 40 on the small picture.
  public static let noiseX4: DegradationRecipe = {
    var recipe = DegradationRecipe(name: "noise-x4")
    recipe.noise = .fixed(sigma: 40)
    return recipe
  }()

  /// Case D: blur of σ 2, ×1/4, noise of σ 20, 8 bits, JPEG of quality 50.
  public static let mixtureX4: DegradationRecipe = {
    var recipe = DegradationRecipe(name: "mixture-x4")
    recipe.blur = .fixed(sigma: 2)
    recipe.noise = .fixed(sigma: 20)
    recipe.compression = .fixed(quality: 50)
    return recipe
  }()

  /// What blind training draws from: one stage over Real-ESRGAN's first ranges, so that cases A to D lie inside, and a share of
  /// plain bicubic pictures, so that a good picture stays good.
  public static let blindX4: DegradationRecipe = {
    var recipe = DegradationRecipe(name: "blind-x4")
    recipe.plainShare = 0.15
    recipe.blur.probability = 0.8
    recipe.blur.families = [
      .isotropic: 0.6, .anisotropic: 0.25, .generalizedIsotropic: 0.04, .generalizedAnisotropic: 0.02,
      .plateauIsotropic: 0.03,
      .plateauAnisotropic: 0.02, .sinc: 0.04,
    ]
    recipe.shrink = [.matlabBicubic: 0.7, .bicubic: 0.1, .bilinear: 0.1, .area: 0.1]
    recipe.noise.probability = 0.7
    recipe.noise.poissonShare = 0.25
    recipe.noise.greyShare = 0.3
    recipe.compression.probability = 0.7
    return recipe
  }()

  /// The recipes that go by a name, in the order in which they are shown.
  public static let catalogue: [DegradationRecipe] = [bicubicX4, blurX4, noiseX4, mixtureX4, blindX4]

  /// The recipe of a name.
  /// - Parameter name: One of ``catalogue``'s.
  /// - Throws: `DegradationError` that lists the names.
  public static func named(_ name: String) throws -> DegradationRecipe {
    guard let recipe = catalogue.first(where: { $0.name == name }) else {
      throw DegradationError(
        .recipe,
        "looking for the degradation recipe '\(name)': there are \(catalogue.map(\.name).joined(separator: ", "))")
    }
    return recipe
  }
}
