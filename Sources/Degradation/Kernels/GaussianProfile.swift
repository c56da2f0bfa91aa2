internal import Foundation

/// The one-dimensional Gaussian of OpenCV's `getGaussianKernel`, which the field's sharpening is defined by.
public enum GaussianProfile {
  /// Weights that sum to 1.
  /// - Parameters:
  ///   - side: Their number, odd.
  ///   - sigma: Standard deviation in pixels; 0 derives it from the side, 0.3 ((side - 1) / 2 - 1) + 0.8, and takes the
  ///     binomial-like tables that OpenCV has for sides up to 9.
  /// - Throws: `DegradationError` for a side that is not odd or a sigma below 0.
  public static func weights(side: Int, sigma: Double = 0) throws -> [Double] {
    guard side > 0, side % 2 == 1, sigma >= 0 else {
      throw DegradationError(
        .recipe, "making a Gaussian of \(side) weights with sigma \(sigma): the number must be odd, sigma at least 0")
    }
    if sigma == 0, let table = tables[side] { return table }
    let radius = side / 2
    let width = sigma > 0 ? sigma : 0.3 * (Double(radius) - 1) + 0.8
    let values = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (width * width)) }
    let sum = values.reduce(0, +)
    return values.map { $0 / sum }
  }

  private static let tables: [Int: [Double]] = [
    1: [1],
    3: [0.25, 0.5, 0.25],
    5: [0.0625, 0.25, 0.375, 0.25, 0.0625],
    7: [0.03125, 0.109375, 0.21875, 0.28125, 0.21875, 0.109375, 0.03125],
    9: [4, 13, 30, 51, 60, 51, 30, 13, 4].map { $0 / 256 },
  ]
}
