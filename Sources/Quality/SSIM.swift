internal import CFilters
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

  private static let window = GaussianWindow.taps(radius: 5, sigma: 1.5)
  /// Columns of the map that are made together: the lines under the window then stay in the processor's caches, however
  /// wide the picture is.
  private static let bandCount = 512

  /// Similarity of each picture, up to 1.
  /// - Throws: `QualityError` for shapes that differ or pictures smaller than the window; `TorchError` from libtorch.
  public func score(_ image_BCHW: Tensor, reference_BCHW: Tensor) throws -> [Double] {
    try MetricInput.check(image_BCHW, reference_BCHW, metric: name)
    let images = try LevelPlanes(image_BCHW, luma: luma, border: border, roundsLuma: roundsLuma, metric: name)
    guard min(images.height, images.width) >= Self.window.count else {
      throw QualityError(
        .picture, "measuring \(name) of \(images.width)x\(images.height) pixels: its window needs 11x11")
    }
    let references = try LevelPlanes(
      reference_BCHW, luma: luma, border: border, roundsLuma: roundsLuma, metric: name)
    return try LevelPlanes.compare(images, references) { image, reference, picture in
      let reach = Self.window.count - 1
      let count = (images.height - reach) * (images.width - reach)
      let sum = (0..<images.planes).reduce(0.0) { $0 + mapSum(image, reference, picture: picture, plane: $1) }
      return sum / Double(images.planes * count)
    }
  }

  /// The sum over the map of one plane.
  private func mapSum(
    _ image: LevelPlanes.Reader, _ reference: LevelPlanes.Reader, picture: Int, plane: Int
  ) -> Double {
    let (taps, height) = (Self.window.count, image.levels.height)
    let width = image.levels.width - taps + 1
    // Whole vectors; what is behind a line's end is zero and meets no place where the window fits.
    let stride = (min(Self.bandCount, width) + taps - 1 + 7) / 8 * 8
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: (taps + 1) * 4 * stride) { buffer in
      guard let base = buffer.baseAddress else { return .nan }
      base.initialize(repeating: 0, count: buffer.count)
      // The rows under the window, in turn; twice, so that the oldest can be the first wherever it is.
      let places = (0..<2 * taps).map { $0 % taps * 4 * stride }
      let scratch = base + taps * 4 * stride
      var sum = 0.0
      for start in Swift.stride(from: 0, to: width, by: Self.bandCount) {
        let count = min(Self.bandCount, width - start)
        let columns = start..<start + count + taps - 1
        for row in 0..<height {
          let line = base + places[row % taps]
          image.read(picture: picture, plane: plane, row: row, columns: columns, into: line)
          reference.read(picture: picture, plane: plane, row: row, columns: columns, into: line + stride)
          bf_similarity_products(line, stride)
          guard row >= taps - 1 else { continue }
          sum += places.withUnsafeBufferPointer { places in
            guard let places = places.baseAddress else { return .nan }
            return bf_similarity_line(
              base, places + (row + 1) % taps, stride, Self.window, taps, count, [6.5025, 58.5225],
              clampsStructure ? 1 : 0, scratch)
          }
        }
      }
      return sum
    }
  }
}
