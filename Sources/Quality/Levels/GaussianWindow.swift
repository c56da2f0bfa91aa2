internal import Foundation

/// The taps of a Gaussian whose weights sum to 1.
enum GaussianWindow {
  /// - Returns: 2 · radius + 1 weights.
  static func taps(radius: Int, sigma: Double) -> [Double] {
    let weights = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}
