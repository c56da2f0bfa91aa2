/// Which blurs a recipe draws, how often and how strong.
public struct BlurChoice: Sendable, Codable, Equatable {
  /// How often there is a blur at all.
  public var probability: Double = 1
  /// How often each family is drawn, relative to the others.
  public var families: [BlurFamily: Double] = [.isotropic: 1]
  /// The sides to choose from, odd.
  public var sides: [Int] = [7, 9, 11, 13, 15, 17, 19, 21]
  /// Standard deviations in pixels. Elliptic kernels draw two.
  public var sigma: ClosedRange<Double> = 0.2...3
  /// β of the generalized families: half of the draws below 1, half above.
  public var betaGeneralized: ClosedRange<Double> = 0.5...4
  /// β of the plateau families: half of the draws below 1, half above.
  public var betaPlateau: ClosedRange<Double> = 1...2

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

  /// No blur.
  public static var none: BlurChoice {
    var choice = BlurChoice()
    choice.probability = 0
    return choice
  }

  /// Draws a kernel, or none.
  public func draw(using random: inout SeededRandom) -> BlurKernel? {
    guard random.chance(probability), !sides.isEmpty else { return nil }
    let family = BlurFamily.allCases[random.index(weights: BlurFamily.allCases.map { families[$0] ?? 0 })]
    let side = sides[random.integer(below: sides.count)]
    // Real-ESRGAN's rule: small kernels cannot hold the rings of a low cut-off.
    if family == .sinc {
      return BlurKernel(
        .sinc, side: side, cutoff: random.uniform((side < 13 ? Double.pi / 3 : Double.pi / 5)...Double.pi))
    }
    let sigmaX = random.uniform(sigma)
    let sigmaY = family.isElliptic ? random.uniform(sigma) : sigmaX
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
