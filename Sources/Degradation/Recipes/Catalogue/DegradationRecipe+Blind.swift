extension DegradationRecipe {
  /// What the starter's blind training draws from: one stage over Real-ESRGAN's first ranges, so that cases A to D lie inside,
  /// and a share of plain bicubic pictures, so that a good picture stays good.
  public static let blindX4: DegradationRecipe = {
    var blur = BlurChoice()
    blur.probability = 0.8
    blur.families = [
      .isotropic: 0.6, .anisotropic: 0.25, .generalizedIsotropic: 0.04, .generalizedAnisotropic: 0.02,
      .plateauIsotropic: 0.03, .plateauAnisotropic: 0.02, .sinc: 0.04,
    ]
    var noise = NoiseChoice()
    (noise.probability, noise.poissonShare, noise.greyShare) = (0.7, 0.25, 0.3)
    var jpeg = CompressionChoice()
    jpeg.probability = 0.7
    var recipe = DegradationRecipe(
      name: "blind-x4", summary: "one stage with a share of plain pictures; what the starter model is trained on",
      operations: [
        .blur(blur), .resize(.toTarget([.matlabBicubic: 0.7, .bicubic: 0.1, .bilinear: 0.1, .area: 0.1])),
        .noise(noise), .jpeg(jpeg),
      ])
    recipe.plainShare = 0.15
    return recipe
  }()
}
