internal import Foundation

/// Poisson counts of one mean: by multiplying uniforms (Knuth) below a mean of 10, by transformed rejection (PTRS: Hörmann,
/// 1993) from there. Its constants are computed once.
public struct PoissonLaw: Sendable {
  private let mean: Double
  /// exp(-mean), for Knuth's way.
  private let limit: Double
  private let a, b, inverseAlpha, acceptance, logMean: Double

  /// The law of a mean.
  /// - Parameter mean: Of what is not above zero every count is 0.
  public init(mean: Double) {
    self.mean = mean
    guard mean >= 10 else {
      limit = exp(-mean)
      (a, b, inverseAlpha, acceptance, logMean) = (0, 0, 0, 0, 0)
      return
    }
    limit = 0
    b = 0.931 + 2.53 * mean.squareRoot()
    a = -0.059 + 0.02483 * b
    inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    acceptance = 0.9277 - 3.6224 / (b - 2)
    logMean = log(mean)
  }

  /// The next count.
  @inline(__always)
  public func draw(using random: inout SeededRandom) -> Int {
    guard mean >= 10 else { return mean > 0 ? drawSmall(using: &random) : 0 }
    while true {
      let u = random.uniform() - 0.5
      let v = random.uniform()
      let distance = 0.5 - abs(u)
      let count = ((2 * a / distance + b) * u + mean + 0.43).rounded(.down)
      if distance >= 0.07 && v <= acceptance { return Int(count) }
      if count < 0 || (distance < 0.013 && v > distance) { continue }
      let likelihood = count * logMean - mean - Self.logFactorial(count)
      if log(v * inverseAlpha / (a / (distance * distance) + b)) <= likelihood { return Int(count) }
    }
  }

  private func drawSmall(using random: inout SeededRandom) -> Int {
    var product = random.uniform()
    var count = 0
    while product > limit {
      product *= random.uniform()
      count += 1
    }
    return count
  }

  /// ln n!: summed up to 9, by Stirling's series from there (error below 1e-9).
  private static func logFactorial(_ n: Double) -> Double {
    guard n >= 10 else { return n < 2 ? 0 : (2...Int(n)).reduce(0) { $0 + log(Double($1)) } }
    return n * log(n) - n + 0.5 * log(2 * Double.pi * n) + 1 / (12 * n) - 1 / (360 * n * n * n) + 1 / (1260 * pow(n, 5))
  }
}
