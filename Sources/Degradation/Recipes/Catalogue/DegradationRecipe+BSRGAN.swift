/// BSRGAN (Zhang et al., 2021): two blurs, two ways to shrink, noise and JPEG in an order that is drawn.
extension DegradationRecipe {
  /// BSRGAN for ×4, without the camera model, which was not released. Ranges that begin at 0 begin a hundredth above it.
  public static let bsrgan = DegradationRecipe(
    name: "bsrgan", summary: "BSRGAN: blurs, resizes, noise and JPEG in random order",
    operations: [
      .oneOf([
        .init(weight: 0.75, [shuffled(scale: 4)]),
        .init(weight: 0.125, [half([.bilinear: 1, .bicubic: 1, .box: 1]), shuffled(scale: 2)]),
        .init(weight: 0.125, [half([.matlabBicubic: 1]), shuffled(scale: 2)]),
      ]),
      .jpeg(CompressionChoice(quality: 30...95)),
    ])

  private static func half(_ methods: [Resampling: Double]) -> DegradationOperation {
    var choice = ResizeChoice()
    (choice.down, choice.keep) = (1, 0)
    choice.downFactor = 0.5...0.5
    choice.methods = methods
    return .resize(choice)
  }

  private static func shuffled(scale: Int) -> DegradationOperation {
    let methods: [Resampling: Double] = [.bilinear: 1, .bicubic: 1, .box: 1]
    var blur = BlurChoice()
    blur.families = [.isotropic: 0.5, .anisotropic: 0.5]
    blur.sides = Array(stride(from: 7, through: 25, by: 2))
    blur.sigma = 0.01...2 + 0.2 * Double(scale)
    blur.variance = 0.0001...4 + Double(scale)
    var shrink = ResizeChoice()
    (shrink.down, shrink.keep) = (1, 0)
    shrink.downFactor = 1 / Double(2 * scale)...1
    shrink.isReciprocal = true
    shrink.methods = methods
    var noise = NoiseChoice()
    (noise.greyShare, noise.correlatedShare) = (0.4, 0.2)
    noise.sigma = 2...25
    noise.hasWholeSigma = true
    var jpeg = CompressionChoice(quality: 30...95)
    jpeg.probability = 0.9
    return .shuffle([
      .blur(blur), .blur(blur),
      .oneOf([
        .init(weight: 0.75, [.resize(shrink)]),
        .init(weight: 0.25, [.decimate(DecimationChoice(divisor: scale))]),
      ]),
      .resize(.toTarget(methods)), .noise(noise), .jpeg(jpeg),
    ])
  }
}
