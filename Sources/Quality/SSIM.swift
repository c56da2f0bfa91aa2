public import Torch

/// Structural similarity (Wang et al., 2004): 11-tap Gaussian window of σ 1.5, only where it fits, K₁ 0.01, K₂ 0.03, population moments.
public struct SSIM: FullReferenceMetric, Sendable {
  /// Which brightness is compared; nil gives the mean over R, G and B.
  public var luma: Luma?
  /// Pixels cut from each side first; ×4 papers cut 4.
  public var border: Int
  /// Whether brightness is rounded to whole levels first, as pyiqa does; BasicSR does not.
  public var roundsLuma: Bool
  /// Whether the contrast and structure factor is kept from falling below 0, as pyiqa does; BasicSR does not.
  public var clampsStructure: Bool

  /// SSIM of RGB by default, without a cut border, as BasicSR measures it.
  public init(luma: Luma? = nil, border: Int = 0, roundsLuma: Bool = false, clampsStructure: Bool = false) {
    self.luma = luma
    self.border = border
    self.roundsLuma = roundsLuma
    self.clampsStructure = clampsStructure
  }

  /// `ssim-rgb`, `ssim-y` (BT.601) or `ssim-yiq`, `-pyiqa` where brightness is rounded and structure is clamped, and the
  /// border: `ssim-y-crop4`.
  public var name: String {
    MetricName.of("ssim", luma, border: border, form: roundsLuma || clampsStructure ? "pyiqa" : nil)
  }
  /// More is better.
  public var higherIsBetter: Bool { true }

  /// Pixels of all planes that are measured together.
  private static let stripCount = 1 << 16
  private static let window = SeparableFilter.gaussian(radius: 5, sigma: 1.5)

  /// Similarity of each picture, up to 1.
  /// - Throws: `QualityError` for shapes that differ or pictures smaller than the window; `TorchError` from libtorch.
  public func score(_ image_BCHW: Tensor, reference_BCHW: Tensor) throws -> [Double] {
    let pair = try MetricInput(
      image_BCHW, reference_BCHW, luma: luma, border: border, roundsLuma: roundsLuma, metric: name)
    let shape = pair.image_BCHW.shape
    guard min(shape[2], shape[3]) >= 11 else {
      throw QualityError(.picture, "measuring \(name) of \(shape[3])x\(shape[2]) pixels: its window needs 11x11")
    }
    // Channels become pictures of their own: one window for all.
    let planes = [shape[0] * shape[1], shape[2], shape[3]]
    let x = try pair.image_BCHW.reshaped(planes)
    let y = try pair.reference_BCHW.reshaped(planes)
    return try mean(x, y).reshaped([shape[0], -1]).mean([1]).doubles()
  }

  /// The mean of the map of each plane, a strip of rows at a time: what a strip needs stays in the processor's caches, and
  /// memory does not grow with the picture.
  private func mean(_ x_NHW: Tensor, _ y_NHW: Tensor) throws -> Tensor {
    let (height, width) = (x_NHW.size(1) - 10, x_NHW.size(2) - 10)
    let length = max(Self.stripCount / (x_NHW.size(0) * x_NHW.size(2)), 32)
    var sum_N = try Tensor.zeros([x_NHW.size(0)], dtype: .float64)
    for row in stride(from: 0, to: height, by: length) {
      let rows = min(length, height - row) + 10
      let map_NHW = try map(
        try x_NHW.narrowed(1, from: row, length: rows), try y_NHW.narrowed(1, from: row, length: rows))
      sum_N = try sum_N + map_NHW.sum([1, 2])
    }
    return try sum_N / Double(height * width)
  }

  private func map(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    let (c1, c2) = (6.5025, 58.5225)
    let smoothed = try Self.window(.stacked([x, y, x.square() + y.square(), x * y]))
    let (meanX, meanY) = (try smoothed.selected(0, 0), try smoothed.selected(0, 1))
    let squares = try meanX.square() + meanY.square()
    let product = try meanX * meanY
    let variances = try smoothed.selected(0, 2) - squares
    let covariance = try smoothed.selected(0, 3) - product
    let structure = try (covariance * 2 + c2) / (variances + c2)
    let light = try (product * 2 + c1) / (squares + c1)
    return try light * (clampsStructure ? structure.clamped(min: 0) : structure)
  }
}
