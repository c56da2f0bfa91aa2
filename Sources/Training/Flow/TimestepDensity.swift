public import Degradation
internal import Foundation

/// How often a rectified-flow network is trained at each time: a density over the noise's share, 0 (clean) to 1 (noise).
///
/// Sampling spends its steps where the schedule is; training at those times is what matters. Formulas: Esser et al. 2024,
/// section 3.1, for `logit_normal` and `mode`.
public enum TimestepDensity: Sendable, Hashable {
  /// All times alike.
  case uniform
  /// `σ(m + s ε)` with normal ε.
  case logitNormal(mean: Double, deviation: Double)
  /// `1 - u - s (cos²(π u / 2) - 1 + u)` of uniform u: more in the middle for s above 0, at the ends below.
  case mode(scale: Double)
  /// `e^mu / (e^mu + 1/u - 1)` of uniform u: the times of a run with that dynamic shift.
  case shifted(mu: Double)
  /// Beta's density, `t^(a-1) (1-t)^(b-1)`.
  case beta(a: Double, b: Double)

  /// The largest scale for which ``mode(scale:)`` does not turn back.
  public static let greatestModeScale = 2 / (Double.pi - 2)

  /// The names that recipes use, with those of their numbers.
  public static let names: [(name: String, parameters: [String])] = [
    ("uniform", []), ("logit_normal", ["mean", "deviation"]), ("mode", ["scale"]), ("shifted", ["mu"]),
    ("beta", ["a", "b"]),
  ]

  /// A density by its name in a recipe.
  /// - Parameters:
  ///   - name: One of ``names``.
  ///   - parameters: All of its numbers and no others.
  /// - Throws: `TrainingError` for other names and numbers, and for numbers that make no density.
  public init(_ name: String, _ parameters: [String: Double] = [:]) throws(TrainingError) {
    let known = Self.names.map(\.name).joined(separator: ", ")
    guard let entry = Self.names.first(where: { $0.name == name }) else {
      throw TrainingError(.recipe, "the density of times '\(name)' is not known; it is one of \(known)")
    }
    guard Set(parameters.keys) == Set(entry.parameters) else {
      let wanted = entry.parameters.isEmpty ? "no numbers" : entry.parameters.joined(separator: ", ")
      throw TrainingError(
        .recipe,
        "the density of times '\(name)' takes \(wanted), not \(parameters.keys.sorted().joined(separator: ", "))")
    }
    func value(_ key: String) -> Double { parameters[key] ?? 0 }
    switch name {
    case "logit_normal": self = .logitNormal(mean: value("mean"), deviation: value("deviation"))
    case "mode": self = .mode(scale: value("scale"))
    case "shifted": self = .shifted(mu: value("mu"))
    case "beta": self = .beta(a: value("a"), b: value("b"))
    default: self = .uniform
    }
    try check()
  }

  private func check() throws(TrainingError) {
    let problem: String? =
      switch self {
      case .uniform: nil
      case .logitNormal(let mean, let deviation):
        mean.isFinite && deviation > 0 && deviation.isFinite ? nil : "needs a mean, and a deviation above 0"
      case .mode(let scale):
        (-1...Self.greatestModeScale).contains(scale)
          ? nil : "needs a scale from -1 to \(Self.greatestModeScale), not \(scale)"
      case .shifted(let mu): abs(mu) <= 20 ? nil : "needs a mu from -20 to 20, not \(mu)"
      case .beta(let a, let b):
        a > 0 && b > 0 && a.isFinite && b.isFinite ? nil : "needs a and b above 0, not \(a) and \(b)"
      }
    if let problem { throw TrainingError(.recipe, "the density of times \(self) \(problem)") }
  }

  /// A draw.
  /// - Parameter random: Moves on.
  /// - Returns: Above 0 and below 1.
  public func draw(_ random: inout SeededRandom) -> Double {
    let time: Double
    switch self {
    case .uniform: time = random.uniform()
    case .logitNormal(let mean, let deviation): time = 1 / (1 + exp(-(mean + deviation * random.gaussian())))
    case .mode(let scale):
      let u = random.uniform()
      let cosine = cos(Double.pi * u / 2)
      time = 1 - u - scale * (cosine * cosine - 1 + u)
    case .shifted(let mu): time = exp(mu) / (exp(mu) + 1 / max(random.uniform(), Self.least) - 1)
    case .beta(let a, let b):
      let (x, y) = (Self.gamma(a, &random), Self.gamma(b, &random))
      time = x / (x + y)
    }
    // At the very ends nothing is left to learn: all clean, or all noise.
    return min(max(time, Self.least), 1 - Self.least)
  }

  private static let least = 0x1p-24

  /// A draw of the gamma distribution (Marsaglia and Tsang 2000); below shape 1 by `Γ(a + 1) u^(1/a)`.
  private static func gamma(_ shape: Double, _ random: inout SeededRandom) -> Double {
    guard shape >= 1 else {
      let u = max(random.uniform(), Double.leastNormalMagnitude)
      return max(gamma(shape + 1, &random) * pow(u, 1 / shape), Double.leastNormalMagnitude)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = random.gaussian()
      let v = 1 + c * x
      guard v > 0 else { continue }
      let cube = v * v * v
      if log(max(random.uniform(), Double.leastNormalMagnitude)) < 0.5 * x * x + d - d * cube + d * log(cube) {
        return d * cube
      }
    }
  }
}
