/// Which noise a recipe draws, how often and how strong.
public struct NoiseChoice: Sendable, Codable, Equatable {
  /// How often there is noise at all.
  public var probability: Double = 1
  /// The share of shot noise; the rest is Gaussian.
  public var poissonShare: Double = 0
  /// The share of noise with one pattern for all channels.
  public var greyShare: Double = 0
  /// The share of Gaussian noise whose channels belong together (BSRGAN).
  public var correlatedShare: Double = 0
  /// Standard deviation of Gaussian noise, in levels of 0 … 255. Correlated noise takes the upper end.
  public var sigma: ClosedRange<Double> = 1...30
  /// Whether that is a whole number.
  public var hasWholeSigma = false
  /// Strength of shot noise, times its plain definition.
  public var poissonScale: ClosedRange<Double> = 0.05...3

  enum CodingKeys: String, CodingKey, CaseIterable {
    case probability
    case poissonShare = "poisson_share"
    case greyShare = "grey_share"
    case correlatedShare = "correlated_share"
    case sigma
    case hasWholeSigma = "whole_sigma"
    case poissonScale = "poisson_scale"
  }

  /// Gaussian colour noise over Real-ESRGAN's first range.
  public init() {}

  /// One Gaussian colour noise for every picture.
  /// - Parameter sigma: Standard deviation in levels of 0 … 255.
  public static func fixed(sigma: Double) -> NoiseChoice {
    var choice = NoiseChoice()
    choice.sigma = sigma...sigma
    return choice
  }

  /// Reads the part of a recipe; whatever is left out keeps its default.
  /// - Throws: `DegradationError` that names the key.
  public init(from decoder: any Decoder) throws {
    let keys = try RecipeKeys<CodingKeys>(decoder)
    try keys.read(.probability, into: &probability)
    try keys.read(.poissonShare, into: &poissonShare)
    try keys.read(.greyShare, into: &greyShare)
    try keys.read(.correlatedShare, into: &correlatedShare)
    try keys.read(.sigma, into: &sigma)
    try keys.read(.hasWholeSigma, into: &hasWholeSigma)
    try keys.read(.poissonScale, into: &poissonScale)
  }

  func check(_ at: RecipeCheck) throws {
    try at.probability(probability, "probability")
    try at.probability(poissonShare, "poisson_share")
    try at.probability(greyShare, "grey_share")
    try at.probability(correlatedShare, "correlated_share")
    guard greyShare + correlatedShare <= 1 else {
      throw at.error(
        "correlated_share", "is \(correlatedShare.short) beside a grey_share of \(greyShare.short); together at most 1")
    }
    try at.range(sigma, within: 0...255, "sigma")
    try at.range(poissonScale, within: 0...100, "poisson_scale")
  }

  /// Draws a noise step with its seed, or none.
  public func draw(using random: inout SeededRandom) -> DegradationStep? {
    guard random.chance(probability) else { return nil }
    let isPoisson = random.chance(poissonShare)
    let pattern = random.uniform()
    let isGrey = pattern < greyShare
    if isPoisson {
      return .poissonNoise(
        noise: PoissonNoise(scale: random.uniform(poissonScale), isGrey: isGrey), seed: random.next())
    }
    if !isGrey, pattern < greyShare + correlatedShare {
      return .correlatedNoise(noise: CorrelatedNoise(level: sigma.upperBound, using: &random), seed: random.next())
    }
    let strength =
      hasWholeSigma
      ? Double(
        random.integer(
          Int(
            sigma.lowerBound.rounded(.up))...max(
              Int(sigma.upperBound), Int(sigma.lowerBound.rounded(.up))))) : random.uniform(sigma)
    return .gaussianNoise(noise: GaussianNoise(sigma: strength, isGrey: isGrey), seed: random.next())
  }
}
