import Testing

@testable import Priors

struct BytePairEncoderTests {
  /// The same draws on each run (Vigna's SplitMix64).
  private struct Draws: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      let first = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
      let second = (first ^ first >> 27) &* 0x94d0_49bb_1331_11eb
      return second ^ second >> 31
    }
  }

  /// An encoder over the bytes 0…3 and random joins; symbols 0…255 are bytes, also at the end of a word.
  private func encoder(_ random: inout some RandomNumberGenerator, joins count: Int) -> BytePairEncoder {
    var joins: [UInt64: BytePairEncoder.Join] = [:]
    var symbols: [Int32] = [0, 1, 2, 3]
    for rank in 0..<count {
      let pair = BytePairEncoder.pair(
        symbols.randomElement(using: &random) ?? 0, symbols.randomElement(using: &random) ?? 0)
      guard joins[pair] == nil else { continue }
      // Now and then a symbol that others make too: a later join can then have a lower rank than the one before it.
      let id = rank % 5 == 4 ? symbols.randomElement(using: &random) ?? 0 : Int32(256 + rank)
      joins[pair] = .init(rank: Int32(rank), id: id)
      if !symbols.contains(id) { symbols.append(id) }
    }
    return BytePairEncoder(innerIDs: Array(0...255), finalIDs: Array(0...255), joins: joins)
  }

  /// The definition: join the leftmost pair of the lowest rank until there is none.
  private func defined(_ word: [UInt8], _ encoder: BytePairEncoder) -> [Int32] {
    var symbols = word.map { Int32($0) }
    while true {
      let candidates = symbols.indices.dropLast().compactMap { position in
        encoder.joins[BytePairEncoder.pair(symbols[position], symbols[position + 1])].map { (position, $0) }
      }
      guard let best = candidates.min(by: { $0.1.rank < $1.1.rank }) else { return symbols }
      symbols.replaceSubrange(best.0...best.0 + 1, with: [best.1.id])
    }
  }

  @Test func joinsInTheOrderOfRanks() {
    for seed in UInt64(0)..<300 {
      var random = Draws(state: seed)
      let encoder = encoder(&random, joins: 40)
      let word = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...3, using: &random) }
      #expect(encoder.encode(word) == defined(word, encoder), "seed \(seed)")
    }
  }

  @Test func theEndOfAWordIsAnotherSymbol() {
    let encoder = BytePairEncoder(
      innerIDs: Array(0...255), finalIDs: Array(256...511),
      joins: [BytePairEncoder.pair(1, 258): .init(rank: 0, id: 600)])
    #expect(encoder.encode([1, 2, 1, 2]) == [1, 2, 600])
    #expect(encoder.encode([2]) == [258])
    #expect(encoder.encode([]) == [])
  }
}
