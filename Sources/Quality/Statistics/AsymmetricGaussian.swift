internal import Foundation

/// An asymmetric generalised Gaussian distribution fitted to samples by their moments (Lasmar et al. 2009, as NIQE uses it).
struct AsymmetricGaussian {
  /// The exponent: 2 is a Gaussian, 1 a Laplacian.
  let shape: Double
  /// The scale of the negative side; NaN without negative samples.
  let left: Double
  /// The scale of the positive side; NaN without positive samples.
  let right: Double

  /// Sums over samples, from which everything is estimated.
  struct Moments {
    /// All samples.
    var count: Double
    var absoluteSum: Double
    var negativeCount: Double
    var negativeSquares: Double
    var positiveCount: Double
    var positiveSquares: Double
  }

  /// Fits the distribution. Where a side has no samples, no ratio exists, and the shape is the first of the grid: so do the
  /// originals, of which every feature without an answer is NaN but this one.
  init(_ moments: Moments) {
    let left = (moments.negativeSquares / moments.negativeCount).squareRoot()
    let right = (moments.positiveSquares / moments.positiveCount).squareRoot()
    let squares = (moments.negativeSquares + moments.positiveSquares) / moments.count
    let mean = moments.absoluteSum / moments.count
    let ratio = left / right
    let cubes = (ratio * ratio * ratio + 1) * (ratio + 1)
    let target = mean * mean / squares * cubes / ((ratio * ratio + 1) * (ratio * ratio + 1))
    let nearest = Self.nearest(target)
    shape = nearest.shape
    self.left = left * nearest.scale
    self.right = right * nearest.scale
  }

  /// The mean of the distribution.
  var mean: Double { (right - left) * tgamma(2 / shape) / tgamma(1 / shape) }

  /// One place of the grid over shapes.
  private struct Place {
    let shape: Double
    /// Γ(2/s)² / (Γ(1/s) Γ(3/s)), which grows with the shape.
    let ratio: Double
    /// √(Γ(1/s) / Γ(3/s)): from a root of a mean square to a scale.
    let scale: Double
  }

  /// Shapes of 0.2, 0.201, … 10.
  private static let grid: [Place] = (0...9800).map { step in
    let shape = 0.2 + Double(step) * 0.001
    let (one, two, three) = (tgamma(1 / shape), tgamma(2 / shape), tgamma(3 / shape))
    return Place(shape: shape, ratio: two * two / (one * three), scale: (one / three).squareRoot())
  }

  /// The place whose ratio is nearest, the first of equally near ones, and the first of all for a target that is NaN.
  private static func nearest(_ target: Double) -> Place {
    var (low, high) = (0, grid.count)
    while low < high {
      let middle = (low + high) / 2
      if grid[middle].ratio < target { low = middle + 1 } else { high = middle }
    }
    if target.isNaN || low == 0 { return grid[0] }
    guard low < grid.count else { return grid[grid.count - 1] }
    return target - grid[low - 1].ratio <= grid[low].ratio - target ? grid[low - 1] : grid[low]
  }
}
