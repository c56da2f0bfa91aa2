/// The mean of scores, and how sure it is.
public struct MeanEstimate: Sendable, Equatable {
  /// The mean.
  public let mean: Double
  /// Half the width of the 95 % confidence interval of the mean, by Student's t; nil for fewer than two scores, and where a
  /// score is not finite.
  public let halfWidth: Double?
  /// How many scores there are.
  public let count: Int

  /// The mean of scores; nil where there are none.
  public init?(_ scores: [Double]) {
    guard !scores.isEmpty else { return nil }
    let mean = scores.reduce(0, +) / Double(scores.count)
    self.mean = mean
    count = scores.count
    let squares = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard scores.count > 1, squares.isFinite else {
      halfWidth = nil
      return
    }
    let error = (squares / Double(scores.count - 1) / Double(scores.count)).squareRoot()
    halfWidth = Self.quantile(degrees: scores.count - 1) * error
  }

  /// The 97.5 % quantile of Student's t.
  static func quantile(degrees: Int) -> Double {
    if degrees <= tabulated.count { return tabulated[max(degrees, 1) - 1] }
    // Expansion around the normal distribution (Abramowitz and Stegun 1964, 26.7.5): five digits from here on.
    let (z, n) = (1.959963985, Double(degrees))
    let (z3, z5) = (z * z * z, z * z * z * z * z)
    return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n)
  }

  /// For 1 … 30 degrees of freedom.
  private static let tabulated = [
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604, 2.1448,
    2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484,
    2.0452, 2.0423,
  ]
}
