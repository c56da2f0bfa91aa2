/// The second-order pipeline of Real-ESRGAN (Wang et al., 2021), with the numbers of those who use it.
extension DegradationRecipe {
  /// What one of the two stages draws from.
  private struct Stage {
    var blurProbability = 1.0
    var sigma: ClosedRange<Double>
    var betaGeneralized = 0.5...4.0
    var betaPlateau = 1.0...2.0
    var noise: ClosedRange<Double>
    var poisson: ClosedRange<Double>
    var quality: ClosedRange<Int>

    /// One kernel in ten is a sinc; the rest have the published shares 0.45, 0.25, 0.12, 0.03, 0.12 and 0.03.
    var blur: DegradationOperation {
      var choice = BlurChoice()
      choice.probability = blurProbability
      choice.families = [
        .isotropic: 0.405, .anisotropic: 0.225, .generalizedIsotropic: 0.108, .generalizedAnisotropic: 0.027,
        .plateauIsotropic: 0.108, .plateauAnisotropic: 0.027, .sinc: 0.1,
      ]
      choice.sigma = sigma
      choice.betaGeneralized = betaGeneralized
      choice.betaPlateau = betaPlateau
      return .blur(choice)
    }

    var noiseOperation: DegradationOperation {
      var choice = NoiseChoice()
      choice.poissonShare = 0.5
      choice.greyShare = 0.4
      choice.sigma = noise
      choice.poissonScale = poisson
      return .noise(choice)
    }

    var jpeg: DegradationOperation { .jpeg(CompressionChoice(quality: quality)) }
  }

  private static func secondOrder(
    name: String, summary: String, sharpened: Bool, _ first: Stage, resize1: ClosedRange<Double>, _ second: Stage,
    resize2: ClosedRange<Double>
  ) -> DegradationRecipe {
    var firstResize = ResizeChoice()
    (firstResize.up, firstResize.down, firstResize.keep) = (0.2, 0.7, 0.1)
    firstResize.upFactor = 1...resize1.upperBound
    firstResize.downFactor = resize1.lowerBound...1
    var secondResize = ResizeChoice()
    secondResize.from = .target
    (secondResize.up, secondResize.down, secondResize.keep) = (0.3, 0.4, 0.3)
    secondResize.upFactor = 1...resize2.upperBound
    secondResize.downFactor = resize2.lowerBound...1

    var sinc = BlurChoice()
    sinc.probability = 0.8
    sinc.families = [.sinc: 1]
    // The last filter's cut-off does not depend on its side.
    sinc.cutoff = sinc.cutoffSmall
    let shrink: [DegradationOperation] = [
      .resize(.toTarget([.area: 1, .bilinear: 1, .bicubic: 1])), .blur(sinc),
    ]
    return DegradationRecipe(
      name: name, summary: summary,
      operations: (sharpened ? [.sharpen(SharpenChoice())] : []) + [
        first.blur, .resize(firstResize), first.noiseOperation, first.jpeg,
        second.blur, .resize(secondResize), second.noiseOperation,
        .oneOf([
          .init(weight: 0.5, shrink + [second.jpeg]), .init(weight: 0.5, [second.jpeg] + shrink),
        ]),
      ])
  }

  /// Real-ESRGAN's own numbers for ×4, which are also those of the pairs that SeeSR and AddSR are trained on. The picture is
  /// sharpened first.
  public static let realESRGAN = secondOrder(
    name: "real-esrgan",
    summary: "second-order pipeline with Real-ESRGAN's numbers (SeeSR's and AddSR's training pairs)",
    sharpened: true,
    Stage(sigma: 0.2...3, noise: 1...30, poisson: 0.05...3, quality: 30...95), resize1: 0.15...1.5,
    Stage(blurProbability: 0.8, sigma: 0.2...1.5, noise: 1...25, poisson: 0.05...2.5, quality: 30...95),
    resize2: 0.3...1.2)

  /// SeeSR's and AddSR's milder numbers for pairs made on the fly. Not sharpened.
  public static let realESRGANMild = secondOrder(
    name: "real-esrgan-mild", summary: "the same pipeline, weaker, with the numbers of SeeSR's on-the-fly pairs",
    sharpened: false,
    Stage(sigma: 0.2...3, noise: 1...15, poisson: 0.05...2, quality: 60...95), resize1: 0.3...1.5,
    Stage(blurProbability: 0.5, sigma: 0.2...1.5, noise: 1...12, poisson: 0.05...1, quality: 60...100),
    resize2: 0.6...1.2)

  /// StableSR's numbers for 512-pixel crops: narrower blurs, sharpened first.
  public static let stableSR = secondOrder(
    name: "stablesr", summary: "the same pipeline, weaker, with StableSR's numbers for 512-pixel crops",
    sharpened: true,
    Stage(
      sigma: 0.2...1.5, betaGeneralized: 0.5...2, betaPlateau: 1...1.5, noise: 1...15, poisson: 0.05...2,
      quality: 60...95),
    resize1: 0.3...1.5,
    Stage(
      blurProbability: 0.5, sigma: 0.2...1, betaGeneralized: 0.5...2, betaPlateau: 1...1.5, noise: 1...12,
      poisson: 0.05...1, quality: 60...100), resize2: 0.6...1.2)
}
