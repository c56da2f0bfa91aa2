/// Which blurs a recipe draws, how often and how strong.
public struct BlurChoice: Sendable, Codable, Equatable {
  /// How often there is a blur at all.
  public var probability: Double = 1
  /// How often each family is drawn, relative to the others.
  public var families: [BlurFamily: Double] = [.isotropic: 1]
  /// The sides to choose from, odd, each equally likely.
  public var sides: [Int] = [7, 9, 11, 13, 15, 17, 19, 21]
  /// Standard deviations in pixels. Elliptic kernels draw two.
  public var sigma: ClosedRange<Double> = 0.2...3
  /// Variances of elliptic kernels, the squares of their standard deviations, where these are drawn and not those of ``sigma``
  /// (BSRGAN).
  public var variance: ClosedRange<Double>?
  /// β of the generalized families: half of the draws below 1, half above.
  public var betaGeneralized: ClosedRange<Double> = 0.5...4
  /// β of the plateau families: half of the draws below 1, half above.
  public var betaPlateau: ClosedRange<Double> = 1...2
  /// Cut-off of sinc kernels of 13 pixels and more, in radians a pixel.
  public var cutoff: ClosedRange<Double> = Double.pi / 5...Double.pi
  /// Cut-off of smaller sinc kernels, which cannot hold the rings of a low one, in radians a pixel.
  public var cutoffSmall: ClosedRange<Double> = Double.pi / 3...Double.pi

  enum CodingKeys: String, CodingKey, CaseIterable {
    case probability, families, sides, sigma, variance
    case betaGeneralized = "beta_generalized"
    case betaPlateau = "beta_plateau"
    case cutoff
    case cutoffSmall = "cutoff_small"
  }

  /// The ranges of Real-ESRGAN's first stage, round Gaussians only.
  public init() {}

  /// One Gaussian for every picture.
  /// - Parameter sigma: Standard deviation in pixels, on 21x21.
  public static func fixed(sigma: Double) -> BlurChoice {
    var choice = BlurChoice()
    choice.sides = [21]
    choice.sigma = sigma...sigma
    return choice
  }

  /// Reads the part of a recipe; whatever is left out keeps its default.
  /// - Throws: `DegradationError` that names the key.
  public init(from decoder: any Decoder) throws {
    let keys = try RecipeKeys<CodingKeys>(decoder)
    try keys.read(.probability, into: &probability)
    try keys.read(.families, into: &families)
    try keys.read(.sides, into: &sides)
    try keys.read(.sigma, into: &sigma)
    try keys.read(.variance, into: &variance)
    try keys.read(.betaGeneralized, into: &betaGeneralized)
    try keys.read(.betaPlateau, into: &betaPlateau)
    try keys.read(.cutoff, into: &cutoff)
    try keys.read(.cutoffSmall, into: &cutoffSmall)
  }

  func check(_ at: RecipeCheck) throws {
    try at.probability(probability, "probability")
    try at.weights(families, "families")
    try at.range(sigma, within: 0.01...50, "sigma")
    if let variance { try at.range(variance, within: 0.0001...2500, "variance") }
    try at.range(betaGeneralized, within: 0.1...10, "beta_generalized")
    try at.range(betaPlateau, within: 0.1...10, "beta_plateau")
    try at.range(cutoff, within: 0.01...Double.pi, "cutoff")
    try at.range(cutoffSmall, within: 0.01...Double.pi, "cutoff_small")
    guard !sides.isEmpty, sides.allSatisfy({ $0 % 2 == 1 && (3...101).contains($0) }) else {
      throw at.error("sides", "is \(sides); they must be odd, within 3…101, and there must be one")
    }
  }

  /// Draws a kernel, or none.
  public func draw(using random: inout SeededRandom) -> BlurKernel? {
    guard random.chance(probability), !sides.isEmpty else { return nil }
    let family = BlurFamily.allCases[random.index(weights: BlurFamily.allCases.map { families[$0] ?? 0 })]
    let side = sides[random.integer(below: sides.count)]
    if family == .sinc {
      return BlurKernel(.sinc, side: side, cutoff: random.uniform(side < 13 ? cutoffSmall : cutoff))
    }
    let draw: (inout SeededRandom) -> Double = { random in
      guard family.isElliptic, let variance else { return random.uniform(sigma) }
      return random.uniform(variance).squareRoot()
    }
    let sigmaX = draw(&random)
    let sigmaY = family.isElliptic ? draw(&random) : sigmaX
    let angle = family.isElliptic ? random.uniform(-Double.pi...Double.pi) : 0
    let beta: Double =
      switch family {
      case .generalizedIsotropic, .generalizedAnisotropic: Self.drawBeta(betaGeneralized, &random)
      case .plateauIsotropic, .plateauAnisotropic: Self.drawBeta(betaPlateau, &random)
      case .isotropic, .anisotropic, .sinc: 1
      }
    return BlurKernel(family, side: side, sigmaX: sigmaX, sigmaY: sigmaY, angle: angle, beta: beta)
  }

  private static func drawBeta(_ range: ClosedRange<Double>, _ random: inout SeededRandom) -> Double {
    random.chance(0.5)
      ? random.uniform(min(range.lowerBound, 1)...min(range.upperBound, 1))
      : random.uniform(max(range.lowerBound, 1)...max(range.upperBound, 1))
  }
}
