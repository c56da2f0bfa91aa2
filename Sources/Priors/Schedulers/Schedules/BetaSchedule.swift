import Foundation

/// How the variance added at each training step grows.
public enum BetaSchedule: String, Sendable, CaseIterable {
  /// Evenly.
  case linear
  /// Evenly in the square root: Stable Diffusion.
  case scaledLinear = "scaled_linear"
  /// So that the remaining signal follows a squared cosine (Nichol and Dhariwal 2021), each variance at most 0.999.
  case squaredCosine = "squaredcos_cap_v2"

  /// The variances of `count` training steps, in float32 as the published models were trained.
  func betas(count: Int, start: Double, end: Double) -> [Float] {
    switch self {
    case .linear:
      return Self.evenly(from: Float(start), to: Float(end), count: count)
    case .scaledLinear:
      return Self.evenly(from: Float(start.squareRoot()), to: Float(end.squareRoot()), count: count).map { $0 * $0 }
    case .squaredCosine:
      func signal(_ time: Double) -> Double {
        let cosine = cos((time + 0.008) / 1.008 * .pi / 2)
        return cosine * cosine
      }
      return (0..<count).map { index in
        Float(min(1 - signal(Double(index + 1) / Double(count)) / signal(Double(index) / Double(count)), 0.999))
      }
    }
  }

  /// `count` float32 numbers, counted from the nearer end so that both ends are met exactly.
  private static func evenly(from start: Float, to end: Float, count: Int) -> [Float] {
    guard count > 1 else { return [start] }
    let step = (end - start) / Float(count - 1)
    return (0..<count).map { index in
      index < count / 2 ? start + step * Float(index) : end - step * Float(count - index - 1)
    }
  }
}
