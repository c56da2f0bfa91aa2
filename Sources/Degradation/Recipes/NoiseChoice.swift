/// Which noise a recipe draws, how often and how strong.
public struct NoiseChoice: Sendable, Codable, Equatable {
  /// How often there is noise at all.
  public var probability: Double = 1
  /// The share of shot noise; the rest is Gaussian.
  public var poissonShare: Double = 0
  /// The share of noise with one pattern for all channels.
  public var greyShare: Double = 0
  /// Standard deviation of Gaussian noise, in levels of 0 … 255.
  public var sigma: ClosedRange<Double> = 1...30
  /// Strength of shot noise, times its plain definition.
  public var poissonScale: ClosedRange<Double> = 0.05...3

  /// Gaussian colour noise over Real-ESRGAN's first range.
  public init() {}

  /// One Gaussian colour noise for every picture.
  /// - Parameter sigma: Standard deviation in levels of 0 … 255.
  public static func fixed(sigma: Double) -> NoiseChoice {
    var choice = NoiseChoice()
    choice.sigma = sigma...sigma
    return choice
  }

  /// No noise.
  public static var none: NoiseChoice {
    var choice = NoiseChoice()
    choice.probability = 0
    return choice
  }

  /// Draws a noise step with its seed, or none.
  public func draw(using random: inout SeededRandom) -> DegradationStep? {
    guard random.chance(probability) else { return nil }
    let isPoisson = random.chance(poissonShare)
    let isGrey = random.chance(greyShare)
    if isPoisson {
      return .poissonNoise(
        noise: PoissonNoise(scale: random.uniform(poissonScale), isGrey: isGrey), seed: random.next())
    }
    return .gaussianNoise(noise: GaussianNoise(sigma: random.uniform(sigma), isGrey: isGrey), seed: random.next())
  }
}
