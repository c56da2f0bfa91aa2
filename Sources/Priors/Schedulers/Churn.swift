/// Extra noise that Euler adds before a step and then removes with the rest (Karras et al. 2022, algorithm 2).
public struct Churn: Sendable, Equatable {
  /// How much over the whole run; 0 is none. Each step raises the noise level by `amount / steps`, at most √2 - 1.
  public var amount: Double
  /// Noise levels below stay as they are.
  public var minimumSigma: Double
  /// Noise levels above stay as they are.
  public var maximumSigma: Double
  /// The deviation of what is added; slightly above 1 makes up for detail that networks lose.
  public var noiseScale: Double

  /// Settings of the extra noise.
  /// - Parameters:
  ///   - amount: How much over the whole run; 0 is none.
  ///   - minimumSigma: Noise levels below stay as they are.
  ///   - maximumSigma: Noise levels above stay as they are.
  ///   - noiseScale: The deviation of what is added.
  public init(amount: Double, minimumSigma: Double = 0, maximumSigma: Double = .infinity, noiseScale: Double = 1) {
    self.amount = amount
    self.minimumSigma = minimumSigma
    self.maximumSigma = maximumSigma
    self.noiseScale = noiseScale
  }

  /// By which factor less one the level of a step is raised.
  func gamma(sigma: Double, steps: Int) -> Double {
    guard amount > 0, sigma >= minimumSigma, sigma <= maximumSigma else { return 0 }
    return min(amount / Double(max(steps, 1)), 2.0.squareRoot() - 1)
  }
}
