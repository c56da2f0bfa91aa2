internal import CFilters
internal import Foundation
public import Torch

/// Peak signal-to-noise ratio in decibels: 10 log₁₀(255² / mean squared error), over all pixels and channels of a picture.
///
/// Float pictures are measured as they are: round to 8 bits first to measure what a file would hold.
public struct PSNR: FullReferenceMetric, Sendable {
  /// Which brightness is compared; nil compares RGB.
  public var luma: Luma?
  /// Pixels cut from each side first; ×4 papers cut 4.
  public var border: Int
  /// Added to the mean squared error on the scale of 0 … 1: with pyiqa's 1e-8, equal pictures have 80 dB; with 0, infinity.
  public var epsilon: Double

  /// PSNR of RGB by default, without a cut border.
  public init(luma: Luma? = nil, border: Int = 0, epsilon: Double = 0) {
    self.luma = luma
    self.border = border
    self.epsilon = epsilon
  }

  /// `psnr-rgb`, `psnr-y` (BT.601) or `psnr-yiq`, `-pyiqa` where something is added to the error, and the border:
  /// `psnr-y-crop4`.
  public var name: String { MetricName.of("psnr", luma, border: border, form: epsilon > 0 ? "pyiqa" : nil) }
  /// More is better.
  public var higherIsBetter: Bool { true }

  /// Decibels of each picture.
  /// - Throws: `QualityError` for shapes that differ or too large a border; `TorchError` from libtorch.
  public func score(_ image_BCHW: Tensor, reference_BCHW: Tensor) throws -> [Double] {
    try MetricInput.check(image_BCHW, reference_BCHW, metric: name)
    let images = try LevelPlanes(image_BCHW, luma: luma, border: border, metric: name)
    let references = try LevelPlanes(reference_BCHW, luma: luma, border: border, metric: name)
    let errors = try LevelPlanes.compare(images, references) { image, reference, picture in
      Self.meanSquare(image, reference, picture)
    }
    return errors.map { -10 * log10($0 / (255 * 255) + epsilon) }
  }

  private static func meanSquare(_ image: LevelPlanes.Reader, _ reference: LevelPlanes.Reader, _ picture: Int) -> Double
  {
    let (planes, height, width) = (image.levels.planes, image.levels.height, image.levels.width)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * width) { lines in
      guard let x = lines.baseAddress else { return .nan }
      var sum = 0.0
      for plane in 0..<planes {
        for row in 0..<height {
          image.read(picture: picture, plane: plane, row: row, columns: 0..<width, into: x)
          reference.read(picture: picture, plane: plane, row: row, columns: 0..<width, into: x + width)
          sum += bf_squared_distance(x, x + width, width)
        }
      }
      return sum / Double(planes * height * width)
    }
  }
}
