import Degradation
import Foundation
import Testing

@Suite struct DegradationRecipeTests {
  static let shrink = DegradationStep.resizeToFraction(fraction: 0.25, method: .matlabBicubic)
  static let blur = DegradationStep.blur(kernel: .gaussian(2))

  @Test(arguments: [
    ("bicubic-x4", nil, [shrink, .quantise]), ("blur-x4", nil, [blur, shrink, .quantise]),
    ("noise-x4", 40.0, [shrink, .quantise]),
    ("mixture-x4", 20.0, [blur, shrink, .jpeg(quality: 50)]),
  ])
  func fixedCasesAreTheirDefinition(name: String, sigma: Double?, steps: [DegradationStep]) throws {
    let draw = try DegradationRecipe.named(name).draw(seed: 1, name: "a.png")
    var expected = steps
    if let sigma {
      let place = steps.count - 1
      guard case .gaussianNoise(let noise, let seed) = draw.steps[place] else {
        Issue.record("no noise in \(draw.steps)")
        return
      }
      #expect(noise == GaussianNoise(sigma: sigma))
      expected.insert(.gaussianNoise(noise: noise, seed: seed), at: place)
    }
    #expect(draw == DegradationDraw(recipe: name, steps: expected))
  }

  /// On whole multiples of the scale and beside them, on a single pixel, and again from the record.
  @Test(arguments: DegradationRecipe.catalogue) func everyRecipeIsCarriedOut(recipe: DegradationRecipe) throws {
    for (width, height) in [(48, 32), (33, 21), (1, 1)] {
      let image = try speckle(width: width, height: height)
      for index in 0..<6 {
        let draw = recipe.draw(seed: 4, name: "\(index)")
        let low = try draw.apply(to: image, codec: BaselineJPEG())
        let isMATLAB = draw.steps.contains { if case .resizeToFraction(_, .matlabBicubic) = $0 { true } else { false } }
        let sides = [width, height].map { max(isMATLAB ? ($0 + 3) / 4 : $0 / 4, 1) }
        #expect([low.width, low.height] == sides, "\(draw)")
        #expect(low == low.quantised())
        let stored = try JSONDecoder().decode(DegradationDraw.self, from: JSONEncoder().encode(draw))
        #expect(stored == draw)
        #expect(try stored.apply(to: image, codec: BaselineJPEG()) == low)
      }
    }
  }

  /// A third of 49 · 3 is 49, although 147 · (1/3) may be a little less in floating point.
  @Test func sizesAreWholeWhereTheyAre() throws {
    for scale in 1...16 {
      for method in [Resampling.area, .matlabBicubic] {
        let draw = DegradationDraw(
          recipe: "",
          steps: [
            .resize(factor: 1, method: .bilinear),
            .resizeToFraction(fraction: 1 / Double(scale), method: method),
          ])
        for side in [1, 3, 7, 49] {
          let low = try draw.apply(to: flat(0.5, width: side * scale, height: scale), codec: BaselineJPEG())
          #expect((low.width, low.height) == (side, 1), "\(scale) \(side)")
        }
      }
    }
  }

  @Test func seedsAndNamesFixTheDraw() throws {
    let recipe = DegradationRecipe.realESRGAN
    #expect(recipe.draw(seed: 1, name: "a/b.png") == recipe.draw(seed: 1, name: "a/b.png"))
    #expect(recipe.draw(seed: 1, name: "a/b.png") != recipe.draw(seed: 2, name: "a/b.png"))
    #expect(recipe.draw(seed: 1, name: "a/b.png") != recipe.draw(seed: 1, name: "b.png"))
    // One letter or a letter and its accent: file systems differ.
    #expect(recipe.draw(seed: 1, name: "\u{E9}.png") == recipe.draw(seed: 1, name: "e\u{301}.png"))
    let image = try flat(0.5)
    let found = try ["a.png", "b.png"].map {
      try DegradationRecipe.noiseX4.draw(seed: 1, name: $0).apply(to: image, codec: BaselineJPEG())
    }
    #expect(found[0] != found[1])
  }

  /// Sharpening is certain and draws nothing, so that the same seed gives the same rest.
  @Test func sharpeningChangesNothingElse() throws {
    var plain = DegradationRecipe.realESRGAN
    plain.operations.removeFirst()
    for index in 0..<20 {
      let steps = DegradationRecipe.realESRGAN.draw(seed: 1, name: "\(index)").steps
      #expect(Array(steps.dropFirst()) == plain.draw(seed: 1, name: "\(index)").steps)
    }
  }

  @Test func drawsFollowTheirShares() throws {
    let count = 10_000
    let draws = (0..<count).map { DegradationRecipe.blindX4.draw(seed: 2, name: "\($0)").steps }
    let having = { (test: (DegradationStep) -> Bool) in draws.count { $0.contains(where: test) } }
    // What is drawn after the 15 % that are only shrunk.
    expectShare(having { if case .blur = $0 { true } else { false } }, of: count, 0.85 * 0.8, "blur")
    expectShare(
      having { if case .gaussianNoise = $0 { true } else { false } }, of: count, 0.85 * 0.7 * 0.75, "Gaussian noise")
    expectShare(
      having { if case .poissonNoise = $0 { true } else { false } }, of: count, 0.85 * 0.7 * 0.25, "shot noise")
    expectShare(having { if case .jpeg = $0 { true } else { false } }, of: count, 0.85 * 0.7, "JPEG")
    expectShare(
      having { if case .resizeToFraction(_, .area) = $0 { true } else { false } }, of: count, 0.85 * 0.1, "area")
    expectShare(
      draws.count { $0 == [Self.shrink, .quantise] }, of: count, 0.15 + 0.85 * 0.2 * 0.7 * 0.3 * 0.3, "plain")
  }
}
