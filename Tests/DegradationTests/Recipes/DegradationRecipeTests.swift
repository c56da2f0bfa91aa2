import Degradation
import Foundation
import Testing

@Suite struct DegradationRecipeTests {
  static let shrink = DegradationStep.resize(factor: 0.25, method: .matlabBicubic)
  static let blur = DegradationStep.blur(kernel: .gaussian(2))

  @Test(arguments: [
    ("bicubic-x4", nil, [shrink, .quantise]), ("blur-x4", nil, [blur, shrink, .quantise]),
    ("noise-x4", 40.0, [shrink, .quantise]),
    ("mixture-x4", 20.0, [blur, shrink, .quantise, .jpeg(quality: 50)]),
  ])
  func fixedCasesAreTheirDefinition(name: String, sigma: Double?, steps: [DegradationStep]) throws {
    var random = SeededRandom(seed: 1, name: "a.png")
    let draw = try DegradationRecipe.named(name).draw(using: &random)
    var expected = steps
    if let sigma, let place = steps.firstIndex(of: .quantise) {
      guard case .gaussianNoise(let noise, let seed) = draw.steps[place] else {
        Issue.record("no noise in \(draw.steps)")
        return
      }
      #expect(noise == GaussianNoise(sigma: sigma))
      expected.insert(.gaussianNoise(noise: noise, seed: seed), at: place)
    }
    #expect(draw == DegradationDraw(recipe: name, steps: expected))
  }

  @Test func aDrawIsReplayedFromItsRecord() throws {
    let image = try speckle(width: 48, height: 32)
    for index in 0..<12 {
      var random = SeededRandom(seed: 4, UInt64(index))
      let draw = DegradationRecipe.blindX4.draw(using: &random)
      let low = try draw.apply(to: image, codec: BaselineJPEG())
      #expect((low.width, low.height) == (12, 8))
      #expect(low == low.quantised())
      let stored = try JSONDecoder().decode(DegradationDraw.self, from: JSONEncoder().encode(draw))
      #expect(stored == draw)
      #expect(try stored.apply(to: image, codec: BaselineJPEG()) == low)
    }
  }

  @Test func seedsOfPicturesGiveDifferentNoise() throws {
    let image = try flat(0.5)
    let found = try ["a.png", "b.png"].map { name in
      var random = SeededRandom(seed: 1, name: name)
      return try DegradationRecipe.noiseX4.draw(using: &random).apply(to: image, codec: BaselineJPEG())
    }
    #expect(found[0] != found[1])
  }

  @Test func drawsFollowTheirShares() throws {
    var recipe = DegradationRecipe.blindX4
    recipe.plainShare = 0.25
    recipe.noise.probability = 0.5
    recipe.noise.poissonShare = 0.5
    recipe.compression.probability = 0.5
    var random = SeededRandom(seed: 2)
    let draws = (0..<4000).map { _ in recipe.draw(using: &random).steps }
    // A quarter is plain; of the rest, 0.2 · 0.7 · 0.5 · 0.5 have nothing drawn either.
    #expect(abs(draws.count { $0 == [Self.shrink, .quantise] } - 1105) < 115)
    let count = { (test: (DegradationStep) -> Bool) in draws.count { $0.contains(where: test) } }
    // The other shares are those of the three quarters that are not plain, within four standard deviations.
    #expect(abs(count { if case .blur = $0 { true } else { false } } - 2400) < 130)
    #expect(abs(count { if case .gaussianNoise = $0 { true } else { false } } - 750) < 110)
    #expect(abs(count { if case .poissonNoise = $0 { true } else { false } } - 750) < 110)
    #expect(abs(count { if case .jpeg = $0 { true } else { false } } - 1500) < 130)
    #expect(abs(count { if case .resizeToFraction(_, .area) = $0 { true } else { false } } - 300) < 80)
  }

  @Test func kernelsFollowTheirRanges() throws {
    var choice = BlurChoice()
    choice.families = Dictionary(uniqueKeysWithValues: BlurFamily.allCases.map { ($0, 1) })
    choice.sigma = 0.5...1.5
    var random = SeededRandom(seed: 6)
    let kernels = (0..<7000).compactMap { _ in choice.draw(using: &random) }
    #expect(kernels.count == 7000)
    for side in choice.sides { #expect(abs(kernels.count { $0.side == side } - 875) < 120) }
    for family in BlurFamily.allCases { #expect(abs(kernels.count { $0.family == family } - 1000) < 130) }
    let plateau = kernels.filter { $0.family == .plateauIsotropic || $0.family == .plateauAnisotropic }
    // Its range starts at 1, so the half below 1 is exactly 1.
    #expect(abs(Double(plateau.count { $0.beta == 1 }) / Double(plateau.count) - 0.5) < 0.05)
    let generalized = kernels.filter { $0.family == .generalizedIsotropic }
    #expect(abs(Double(generalized.count { $0.beta < 1 }) / Double(generalized.count) - 0.5) < 0.07)
    #expect(kernels.allSatisfy { (0.2...2.9).contains($0.sigmaX) && $0.beta >= 0.5 && $0.beta <= 4 })
    let sincs = kernels.filter { $0.family == .sinc }
    #expect(sincs.allSatisfy { $0.cutoff >= ($0.side < 13 ? Double.pi / 3 : Double.pi / 5) })
    #expect(sincs.contains { $0.cutoff < Double.pi / 3 })
  }
}
