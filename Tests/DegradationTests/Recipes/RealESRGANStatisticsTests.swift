import Degradation
import Foundation
import Testing

/// Ten thousand draws against the published distributions.
@Suite struct RealESRGANStatisticsTests {
  /// What was drawn for one picture, by the place in the pipeline.
  struct Drawn {
    var sharpened = false
    var first: BlurKernel?
    var factor: Double?
    var firstNoise: DegradationStep?
    var firstQuality = 0
    var second: BlurKernel?
    var fraction = 0.0
    var secondNoise: DegradationStep?
    var compressesLast = false
    var sinc: BlurKernel?
    var lastQuality = 0
    var methods: [Resampling] = []

    init(_ draw: DegradationDraw) throws {
      var steps = draw.steps[...]
      if case .sharpen = steps.first { sharpened = steps.popFirst() == .sharpen(mask: UnsharpMask()) }
      first = Self.blur(&steps)
      if case .resize(let factor, let method) = steps.first {
        self.factor = factor
        methods.append(method)
        steps.removeFirst()
      }
      firstNoise = steps.popFirst()
      firstQuality = try Self.quality(&steps)
      second = Self.blur(&steps)
      fraction = try resize(&steps)
      secondNoise = steps.popFirst()
      if case .jpeg(let quality) = steps.first {
        lastQuality = quality
        steps.removeFirst()
      }
      compressesLast = lastQuality == 0
      try #require(try resize(&steps) == 0.25)
      sinc = Self.blur(&steps)
      if compressesLast {
        lastQuality = try Self.quality(&steps)
        #expect(steps.isEmpty)
      } else {
        #expect(Array(steps) == [.quantise])
      }
    }

    private static func blur(_ steps: inout ArraySlice<DegradationStep>) -> BlurKernel? {
      guard case .blur(let kernel) = steps.first else { return nil }
      steps.removeFirst()
      return kernel
    }

    private static func quality(_ steps: inout ArraySlice<DegradationStep>) throws -> Int {
      guard case .jpeg(let quality) = steps.popFirst() else { throw Missing() }
      return quality
    }

    private mutating func resize(_ steps: inout ArraySlice<DegradationStep>) throws -> Double {
      guard case .resizeToFraction(let fraction, let method) = steps.popFirst() else { throw Missing() }
      methods.append(method)
      return fraction
    }

    private struct Missing: Error {}
  }

  static let count = 10_000

  static func draws(_ recipe: DegradationRecipe) throws -> [Drawn] {
    try (0..<count).map { try Drawn(recipe.draw(seed: 7, name: "\($0).png")) }
  }

  static let shares: [(BlurFamily, Double)] = [
    (.isotropic, 0.405), (.anisotropic, 0.225), (.generalizedIsotropic, 0.108), (.generalizedAnisotropic, 0.027),
    (.plateauIsotropic, 0.108), (.plateauAnisotropic, 0.027), (.sinc, 0.1),
  ]

  func expectKernels(_ kernels: [BlurKernel], sigma: ClosedRange<Double>, _ what: String) {
    for (family, share) in Self.shares {
      expectShare(kernels.count { $0.family == family }, of: kernels.count, share, "\(what), \(family)")
    }
    for side in stride(from: 7, through: 21, by: 2) {
      expectShare(kernels.count { $0.side == side }, of: kernels.count, 1.0 / 8, "\(what), side \(side)")
    }
    let blurs = kernels.filter { $0.family != .sinc }
    expectUniform(blurs.map(\.sigmaX), sigma, "\(what), sigma")
    let elliptic = blurs.filter(\.family.isElliptic)
    expectUniform(elliptic.map(\.sigmaY), sigma, "\(what), second sigma")
    expectUniform(elliptic.map(\.angle), -Double.pi...Double.pi, "\(what), angle")
    let sincs = kernels.filter { $0.family == .sinc }
    expectUniform(sincs.filter { $0.side < 13 }.map(\.cutoff), Double.pi / 3...Double.pi, "\(what), small cut-off")
    expectUniform(sincs.filter { $0.side >= 13 }.map(\.cutoff), Double.pi / 5...Double.pi, "\(what), cut-off")
  }

  func expectNoise(
    _ steps: [DegradationStep?], sigma: ClosedRange<Double>, poisson: ClosedRange<Double>, _ what: String
  ) {
    var gaussian: [GaussianNoise] = []
    var shot: [PoissonNoise] = []
    for step in steps {
      switch step {
      case .gaussianNoise(let noise, _): gaussian.append(noise)
      case .poissonNoise(let noise, _): shot.append(noise)
      default: Issue.record("\(what): \(String(describing: step))")
      }
    }
    expectShare(gaussian.count, of: steps.count, 0.5, "\(what), Gaussian")
    expectShare(gaussian.count(where: \.isGrey), of: gaussian.count, 0.4, "\(what), grey")
    expectShare(shot.count(where: \.isGrey), of: shot.count, 0.4, "\(what), grey shot noise")
    expectUniform(gaussian.map(\.sigma), sigma, "\(what), sigma")
    expectUniform(shot.map(\.scale), poisson, "\(what), scale")
  }

  func expectFactors(
    _ factors: [Double], shares: (Double, Double, Double), _ range: ClosedRange<Double>, _ what: String
  ) {
    let (up, down) = (factors.filter { $0 > 1 }, factors.filter { $0 < 1 })
    expectShare(up.count, of: factors.count, shares.0, "\(what), up")
    expectShare(down.count, of: factors.count, shares.1, "\(what), down")
    expectShare(factors.count { $0 == 1 }, of: factors.count, shares.2, "\(what), keep")
    expectUniform(up, 1...range.upperBound, "\(what), up")
    expectUniform(down, range.lowerBound...1, "\(what), down")
  }

  @Test func realESRGAN() throws {
    let draws = try Self.draws(.realESRGAN)
    #expect(draws.allSatisfy { $0.sharpened })
    #expect(draws.allSatisfy { $0.first != nil })
    expectKernels(draws.compactMap(\.first), sigma: 0.2...3, "first blur")
    expectFactors(draws.map { $0.factor ?? 1 }, shares: (0.2, 0.7, 0.1), 0.15...1.5, "first resize")
    expectNoise(draws.map(\.firstNoise), sigma: 1...30, poisson: 0.05...3, "first noise")
    expectShare(draws.count { $0.second != nil }, of: draws.count, 0.8, "second blur")
    expectKernels(draws.compactMap(\.second), sigma: 0.2...1.5, "second blur")
    expectFactors(draws.map { $0.fraction * 4 }, shares: (0.3, 0.4, 0.3), 0.3...1.2, "second resize")
    expectNoise(draws.map(\.secondNoise), sigma: 1...25, poisson: 0.05...2.5, "second noise")
    expectShare(draws.count(where: \.compressesLast), of: draws.count, 0.5, "order")
    expectShare(draws.count { $0.sinc != nil }, of: draws.count, 0.8, "final sinc")
    let sincs = draws.compactMap(\.sinc)
    #expect(sincs.allSatisfy { $0.family == .sinc })
    expectUniform(sincs.map(\.cutoff), Double.pi / 3...Double.pi, "final cut-off")
    for quality in [30, 62, 95] {
      expectShare(draws.count { $0.firstQuality == quality }, of: draws.count, 1.0 / 66, "first quality \(quality)")
      expectShare(draws.count { $0.lastQuality == quality }, of: draws.count, 1.0 / 66, "last quality \(quality)")
    }
    #expect(draws.allSatisfy { (30...95).contains($0.firstQuality) && (30...95).contains($0.lastQuality) })
    let methods = draws.flatMap(\.methods)
    for method in [Resampling.area, .bilinear, .bicubic] {
      expectShare(methods.count { $0 == method }, of: methods.count, 1.0 / 3, "\(method)")
    }
  }

  /// β is 1 exactly in half of the draws whose range begins there, and half of the others are below 1.
  @Test func betas() throws {
    let kernels = try Self.draws(.realESRGAN).compactMap(\.first)
    let plateau = kernels.filter { $0.family == .plateauIsotropic || $0.family == .plateauAnisotropic }
    expectShare(plateau.count { $0.beta == 1 }, of: plateau.count, 0.5, "plateau")
    expectUniform(plateau.map(\.beta).filter { $0 != 1 }, 1...2, "plateau")
    let generalized = kernels.filter { $0.family == .generalizedIsotropic || $0.family == .generalizedAnisotropic }
    expectShare(generalized.count { $0.beta < 1 }, of: generalized.count, 0.5, "generalized")
    expectUniform(generalized.map(\.beta).filter { $0 < 1 }, 0.5...1, "generalized, low")
    expectUniform(generalized.map(\.beta).filter { $0 >= 1 }, 1...4, "generalized, high")
  }

  @Test func theMilderOne() throws {
    let draws = try Self.draws(.realESRGANMild)
    #expect(!draws.contains { $0.sharpened })
    expectKernels(draws.compactMap(\.first), sigma: 0.2...3, "first blur")
    expectFactors(draws.map { $0.factor ?? 1 }, shares: (0.2, 0.7, 0.1), 0.3...1.5, "first resize")
    expectNoise(draws.map(\.firstNoise), sigma: 1...15, poisson: 0.05...2, "first noise")
    expectShare(draws.count { $0.second != nil }, of: draws.count, 0.5, "second blur")
    expectKernels(draws.compactMap(\.second), sigma: 0.2...1.5, "second blur")
    expectFactors(draws.map { $0.fraction * 4 }, shares: (0.3, 0.4, 0.3), 0.6...1.2, "second resize")
    expectNoise(draws.map(\.secondNoise), sigma: 1...12, poisson: 0.05...1, "second noise")
    #expect(draws.allSatisfy { (60...95).contains($0.firstQuality) && (60...100).contains($0.lastQuality) })
    #expect(draws.contains { $0.firstQuality == 60 } && draws.contains { $0.lastQuality == 100 })
  }

  @Test func stableSR() throws {
    let draws = try Self.draws(.stableSR)
    #expect(draws.allSatisfy { $0.sharpened })
    let first = draws.compactMap(\.first)
    expectKernels(first, sigma: 0.2...1.5, "first blur")
    expectKernels(draws.compactMap(\.second), sigma: 0.2...1, "second blur")
    expectUniform(
      first.filter { $0.family == .generalizedIsotropic && $0.beta >= 1 }.map(\.beta), 1...2, "generalized")
    expectUniform(first.filter { $0.family == .plateauIsotropic && $0.beta != 1 }.map(\.beta), 1...1.5, "plateau")
  }
}
