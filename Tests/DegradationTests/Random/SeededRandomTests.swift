import Degradation
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
