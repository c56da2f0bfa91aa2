import Degradation
import Testing

@Suite struct BSRGANTests {
  /// The name of a step without its numbers.
  private func kind(_ step: DegradationStep) -> String { String("\(step)".prefix { $0 != "(" }) }

  @Test func drawsFollowTheirShares() throws {
    let count = 10_000
    let draws = (0..<count).map { DegradationRecipe.bsrgan.draw(seed: 3, name: "\($0)").steps }
    let isHalved: ([DegradationStep]) -> Bool = { if case .resize(0.5, _) = $0[0] { true } else { false } }
    let halved = draws.filter(isHalved)
    expectShare(halved.count, of: count, 0.25, "halved first")
    expectShare(
      halved.count { $0[0] == .resize(factor: 0.5, method: .matlabBicubic) }, of: halved.count, 0.5, "by MATLAB")
    expectShare(draws.count { $0.count { kind($0) == "jpeg" } == 2 }, of: count, 0.9, "JPEG in between")
    expectShare(draws.count { $0.contains { kind($0) == "decimate" } }, of: count, 0.25, "decimated")
    expectShare(draws.count { $0.contains { kind($0) == "correlatedNoise" } }, of: count, 0.2, "correlated")
    let noises = draws.joined().compactMap { if case .gaussianNoise(let noise, _) = $0 { noise } else { nil } }
    expectShare(noises.count(where: \.isGrey), of: count, 0.4, "grey")
    #expect(noises.allSatisfy { $0.sigma == $0.sigma.rounded() && (2...25).contains($0.sigma) })
    for sigma in [2.0, 25] { expectShare(noises.count { $0.sigma == sigma }, of: noises.count, 1.0 / 24, "\(sigma)") }

    let whole = draws.filter { !isHalved($0) }
    let kernels = whole.joined().compactMap { if case .blur(let kernel) = $0 { kernel } else { nil } }
    #expect(kernels.count == 2 * whole.count)
    expectShare(kernels.count { $0.family == .isotropic }, of: kernels.count, 0.5, "isotropic")
    expectUniform(kernels.filter { $0.family == .isotropic }.map(\.sigmaX), 0.01...2.8, "sigma")
    let elliptic = kernels.filter { $0.family == .anisotropic }
    expectUniform(elliptic.map { $0.sigmaX * $0.sigmaX }, 0.0001...8, "variance")
    for side in [7, 25] { expectShare(kernels.count { $0.side == side }, of: kernels.count, 0.1, "side \(side)") }
    let factors = whole.joined().compactMap { if case .resize(let factor, _) = $0 { factor } else { nil } }
    expectUniform(factors.map { 1 / $0 }, 1...8, "divisor")
    let sigmas = whole.joined().compactMap { if case .decimate(4, let sigma) = $0 { sigma } else { nil } }
    expectUniform(sigmas, 0.1...2.4, "decimation")
  }

  @Test func theOrderIsDrawnButForResizes() throws {
    var firsts: [String: Int] = [:]
    for index in 0..<2000 {
      let steps = DegradationRecipe.bsrgan.draw(seed: 4, name: "\(index)").steps
      let sizes = steps.filter { ["resize", "decimate", "resizeToFraction"].contains(kind($0)) }
      #expect(sizes.last.map(kind) == "resizeToFraction")
      #expect(sizes.count { kind($0) == "resizeToFraction" } == 1)
      #expect(steps.last.map(kind) == "jpeg")
      firsts[kind(steps[0]), default: 0] += 1
    }
    // Each comes first sometimes, and only the last resize never.
    #expect(
      Set(firsts.keys) == ["blur", "resize", "decimate", "gaussianNoise", "correlatedNoise", "jpeg"],
      "\(firsts)")
  }

  @Test func correlatedNoiseHasItsCovariance() throws {
    var random = SeededRandom(seed: 8)
    let noise = CorrelatedNoise(level: 25, using: &random)
    let side = 120
    let noisy = try noise.add(to: flat(0.5, width: side, height: side), using: &random)
    let count = side * side
    for a in 0..<3 {
      for b in 0..<3 {
        let wanted = (0..<3).reduce(0.0) { $0 + noise.mixture[3 * a + $1] * noise.mixture[3 * b + $1] }
        let found =
          (0..<count).reduce(0.0) {
            $0 + Double(noisy.pixels[a * count + $1] - 0.5) * Double(noisy.pixels[b * count + $1] - 0.5)
          } / Double(count) * 255 * 255
        #expect(abs(found - wanted) < 20, "\(a) \(b): \(found), \(wanted)")
      }
    }
    // Uᵀ D U with D below 1 has a trace below 3 level².
    let trace = noise.mixture.reduce(0) { $0 + $1 * $1 }
    #expect(trace > 0 && trace < 3 * 25 * 25)
    #expect(throws: DegradationError.self) { try CorrelatedNoise(mixture: [1, 2]) }
    let plain = try flat(0.5).grey()
    let grey = noise.add(to: plain, using: &random)
    #expect(grey.channels == 1 && grey != plain)
  }
}
