import Degradation
import Foundation
import Testing
import Training

/// Draws of each density against its distribution function.
struct TimestepDensityTests {
  private static let count = 20_000

  private func draws(_ density: TimestepDensity) -> [Double] {
    var random = SeededRandom(seed: 11)
    return (0..<Self.count).map { _ in density.draw(&random) }.sorted()
  }

  /// The largest distance between the draws' distribution and a distribution function (Kolmogorov and Smirnov). By chance it
  /// exceeds 1.95 / √n once in a thousand.
  private func distance(_ density: TimestepDensity, _ distribution: (Double) -> Double) -> Double {
    let draws = draws(density)
    #expect(draws.allSatisfy { $0 > 0 && $0 < 1 })
    return draws.enumerated().map { index, time in
      let (below, above) = (Double(index) / Double(draws.count), Double(index + 1) / Double(draws.count))
      return max(abs(distribution(time) - below), abs(distribution(time) - above))
    }.max() ?? 1
  }

  private let limit = 1.95 / Double(count).squareRoot()

  @Test func uniform() { #expect(distance(.uniform) { $0 } < limit) }

  @Test(arguments: [(0.0, 1.0), (-0.5, 0.6), (1, 2)])
  func logitNormal(mean: Double, deviation: Double) {
    let found = distance(.logitNormal(mean: mean, deviation: deviation)) { time in
      let z = (log(time / (1 - time)) - mean) / deviation
      return 0.5 * erfc(-z / 2.0.squareRoot())
    }
    #expect(found < limit, "\(found)")
  }

  /// The formula falls as u grows: the share of times below t is the share of u above the one that gives t.
  @Test(arguments: [-1.0, -0.4, 0.8, 1.29, TimestepDensity.greatestModeScale])
  func mode(scale: Double) {
    func time(_ u: Double) -> Double { 1 - u - scale * (pow(cos(Double.pi * u / 2), 2) - 1 + u) }
    let found = distance(.mode(scale: scale)) { wanted in
      var (low, high) = (0.0, 1.0)
      for _ in 0..<50 {
        let middle = (low + high) / 2
        if time(middle) > wanted { low = middle } else { high = middle }
      }
      return 1 - low
    }
    #expect(found < limit, "\(found)")
  }

  /// `u = t / (t + e^mu (1 - t))` is the shift undone: 1.15 is that of 1024 pixels.
  @Test(arguments: [0.0, 0.63, 1.15, -1]) func shifted(mu: Double) {
    let found = distance(.shifted(mu: mu)) { $0 / ($0 + exp(mu) * (1 - $0)) }
    #expect(found < limit, "\(found)")
    let middle = draws(.shifted(mu: mu))[Self.count / 2]
    #expect(abs(middle - exp(mu) / (exp(mu) + 1)) < 0.02)
  }

  @Test(arguments: [(1.0, 1.0), (2.0, 5.0), (0.5, 0.5), (3, 0.8)])
  func beta(a: Double, b: Double) {
    // The integral over x = y^(1/a), which takes the pole at 0 away, up to y = t^a.
    let norm = exp(lgamma(a + b) - lgamma(a) - lgamma(b)) / a
    func distribution(_ time: Double) -> Double {
      // The pole at 1 is taken away by going the other way round.
      if time > 0.5 { return 1 - lower(1 - time, b, a) }
      return lower(time, a, b)
    }
    func lower(_ time: Double, _ a: Double, _ b: Double) -> Double {
      let norm = exp(lgamma(a + b) - lgamma(a) - lgamma(b)) / a
      let end = pow(time, a)
      let steps = 200
      return norm * end / Double(steps)
        * (0..<steps).reduce(0) { sum, step in
          sum + pow(1 - pow(end * (Double(step) + 0.5) / Double(steps), 1 / a), b - 1)
        }
    }
    #expect(norm.isFinite)
    let found = distance(.beta(a: a, b: b), distribution)
    #expect(found < limit + 0.001, "\(found)")
  }

  @Test func aSeedFixesTheDraws() {
    let density = TimestepDensity.beta(a: 2, b: 3)
    #expect(draws(density) == draws(density))
    var (one, other) = (SeededRandom(seed: 1), SeededRandom(seed: 2))
    #expect(density.draw(&one) != density.draw(&other))
  }

  @Test func recipesNameThem() throws {
    #expect(try TimestepDensity("uniform") == .uniform)
    #expect(
      try TimestepDensity("logit_normal", ["mean": 0, "deviation": 1]) == .logitNormal(mean: 0, deviation: 1))
    #expect(try TimestepDensity("mode", ["scale": 1.29]) == .mode(scale: 1.29))
    #expect(try TimestepDensity("shifted", ["mu": 1.15]) == .shifted(mu: 1.15))
    #expect(try TimestepDensity("beta", ["a": 2, "b": 3]) == .beta(a: 2, b: 3))
  }

  @Test(
    arguments: [
      (
        "normal", [:],
        "the density of times 'normal' is not known; it is one of uniform, logit_normal, mode, shifted, beta"
      ),
      ("uniform", ["a": 1], "the density of times 'uniform' takes no numbers, not a"),
      ("logit_normal", ["mean": 0], "the density of times 'logit_normal' takes mean, deviation, not mean"),
      ("logit_normal", ["mean": 0, "deviation": 0], "needs a mean, and a deviation above 0"),
      ("mode", ["scale": 2], "needs a scale from -1 to 1.75"),
      ("shifted", ["mu": 40], "needs a mu from -20 to 20, not 40"),
      ("beta", ["a": 0, "b": 1], "needs a and b above 0, not 0.0 and 1.0"),
    ] as [(String, [String: Double], String)])
  func whatMakesNoDensityIsRefused(name: String, parameters: [String: Double], words: String) {
    let error = #expect(throws: TrainingError.self) { try TimestepDensity(name, parameters) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }
}
