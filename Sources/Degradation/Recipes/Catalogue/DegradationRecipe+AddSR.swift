/// The four fixed cases of the AddSR paper's test sets. The paper names them; sizes, order and grid are defined here.
extension DegradationRecipe {
  private static let shrink = DegradationOperation.resize(.toTarget([.matlabBicubic: 1]))

  /// Case A: MATLAB bicubic ×1/4, 8 bits.
  public static let bicubicX4 = DegradationRecipe(
    name: "bicubic-x4", summary: "MATLAB bicubic to a quarter (AddSR, case A)", operations: [shrink])

  /// Case B: Gaussian blur of σ 2 (21x21), then A.
  public static let blurX4 = DegradationRecipe(
    name: "blur-x4", summary: "Gaussian blur of sigma 2, then bicubic-x4 (AddSR, case B)",
    operations: [.blur(.fixed(sigma: 2)), shrink])

  /// Case C: A with Gaussian noise of σ 40 on the small picture.
  public static let noiseX4 = DegradationRecipe(
    name: "noise-x4", summary: "bicubic-x4, then Gaussian noise of sigma 40 (AddSR, case C)",
    operations: [shrink, .noise(.fixed(sigma: 40))])

  /// Case D: blur of σ 2, ×1/4, noise of σ 20, 8 bits, JPEG of quality 50.
  public static let mixtureX4 = DegradationRecipe(
    name: "mixture-x4", summary: "blur of sigma 2, bicubic, noise of sigma 20, JPEG of quality 50 (AddSR, case D)",
    operations: [
      .blur(.fixed(sigma: 2)), shrink, .noise(.fixed(sigma: 20)), .jpeg(CompressionChoice(quality: 50...50)),
    ])
}
