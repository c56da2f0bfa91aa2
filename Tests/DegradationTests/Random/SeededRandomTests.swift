import Degradation
import Foundation
import Testing

@Suite struct SeededRandomTests {
  @Test func isTheSplitMix64OfTheLiterature() {
    // The first numbers of the authors' C program for the seed 1234567.
    var random = SeededRandom(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in random.next() } == expected)
  }

  @Test func pathsAndNamesHaveStreamsOfTheirOwn() {
    var streams = [
      SeededRandom(seed: 7), SeededRandom(seed: 7, 0), SeededRandom(seed: 7, 1), SeededRandom(seed: 7, 0, 1),
      SeededRandom(seed: 7, 1, 0), SeededRandom(seed: 8, 0), SeededRandom(seed: 7, name: "a.png"),
      SeededRandom(seed: 7, name: "b.png"),
    ]
    let first = streams.indices.map { streams[$0].next() }
    #expect(Set(first).count == streams.count)
    var again = SeededRandom(seed: 7, name: "a.png")
    #expect(again.next() == first[6])
  }

  @Test func gaussianHasMeanZeroAndVarianceOne() {
    var random = SeededRandom(seed: 3)
    let draws = (0..<20_000).map { _ in random.gaussian() }
    let mean = draws.reduce(0, +) / 20_000
    let variance = draws.reduce(0) { $0 + $1 * $1 } / 20_000
    let fourth = draws.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 20_000
    #expect(abs(mean) < 0.03)
    #expect(abs(variance - 1) < 0.04)
    #expect(abs(fourth - 3) < 0.3)
  }

  /// Many at once are the same numbers as one after the other, also from the middle of a pair.
  @Test(arguments: [0, 1, 2, 7, 600, 601], [false, true]) func gaussiansComeInAnyNumber(count: Int, isOdd: Bool) {
    var (one, many) = (SeededRandom(seed: 4), SeededRandom(seed: 4))
    if isOdd { #expect(one.gaussian() == many.gaussian()) }
    #expect(many.gaussians(count) == (0..<count).map { _ in Float(one.gaussian()) })
    #expect(many.gaussian() == one.gaussian() && many.next() == one.next())
  }

  /// Box and Muller's formula with the library's functions.
  @Test func gaussiansAreTheirFormula() {
    var (random, uniform) = (SeededRandom(seed: 12, 5), SeededRandom(seed: 12, 5))
    for _ in 0..<500 {
      let radius = (-2 * log(1 - uniform.uniform())).squareRoot()
      let angle = 2 * Double.pi * uniform.uniform()
      #expect(abs(random.gaussian() - radius * cos(angle)) < 1e-12)
      #expect(abs(random.gaussian() - radius * sin(angle)) < 1e-12)
    }
  }

  @Test func countsFollowPoissonsLaw() {
    var random = SeededRandom(seed: 6)
    for mean in [0.5, 3.0, 40] {
      let law = PoissonLaw(mean: mean)
      let total = 20_000
      var found = [Int](repeating: 0, count: 400)
      for _ in 0..<total { found[law.draw(using: &random)] += 1 }
      var probability = exp(-mean)
      for count in 0..<Int(mean + 4 * mean.squareRoot()) {
        expectShare(found[count], of: total, probability, "\(count) of mean \(mean)")
        probability *= mean / Double(count + 1)
      }
    }
    #expect(PoissonLaw(mean: 0).draw(using: &random) == 0 && PoissonLaw(mean: -.infinity).draw(using: &random) == 0)
    #expect(PoissonLaw(mean: .nan).draw(using: &random) == 0)
    #expect(abs(PoissonLaw(mean: 1e6).draw(using: &random) - 1_000_000) < 6000)
  }

  @Test(arguments: [0.3, 4, 9.99, 10, 37, 250])
  func poissonHasItsMeanAsVariance(mean: Double) {
    var random = SeededRandom(seed: 5)
    let count = 20_000.0
    let draws = (0..<Int(count)).map { _ in Double(random.poisson(mean)) }
    let found = draws.reduce(0, +) / count
    let variance = draws.reduce(0) { $0 + ($1 - found) * ($1 - found) } / count
    #expect(abs(found - mean) < 4 * (mean / count).squareRoot())
    #expect(abs(variance / mean - 1) < 0.06)
  }

  @Test func integersAndWeightsCoverTheirRange() {
    var random = SeededRandom(seed: 9)
    var seen = [Int](repeating: 0, count: 5)
    for _ in 0..<5000 { seen[random.integer(10...14) - 10] += 1 }
    #expect(seen.allSatisfy { abs($0 - 1000) < 150 })
    var picked = [Int](repeating: 0, count: 4)
    for _ in 0..<4000 { picked[random.index(weights: [0, 3, 0, 1])] += 1 }
    #expect(picked[0] == 0 && picked[2] == 0)
    #expect(abs(picked[1] - 3000) < 150)
    #expect(random.poisson(0) == 0 && random.integer(below: 0) == 0 && random.index(weights: []) == 0)
  }
}
