import Testing

@testable import Priors

struct UnigramEncoderTests {
  private func encode(_ word: String, _ pieces: [(String, Double)]) -> [Int32] {
    let list = pieces.enumerated().map { number, piece in
      UnigramEncoder.Piece(bytes: Array(piece.0.utf8), score: piece.1, id: Int32(number + 1))
    }
    return UnigramEncoder(list, unknownID: 0).encode(Array(word.utf8))
  }

  @Test func takesTheMostProbableDivision() {
    #expect(encode("ab", [("a", -1), ("b", -1), ("ab", -1.5)]) == [3])
    #expect(encode("ab", [("a", -1), ("b", -1), ("ab", -2.5)]) == [1, 2])
    // The longest piece is not always part of the best division.
    #expect(encode("abcd", [("abc", -1), ("d", -9), ("ab", -2), ("cd", -2)]) == [3, 4])
    #expect(encode("", [("a", -1)]) == [])
  }

  @Test func theFirstOfEqualDivisionsStays() {
    // As the reference's fast tokenizer (tokenizers 0.23) divides it: of two ways to the end, the one that began earlier.
    #expect(encode("aaa", [("a", -1), ("aa", -1)]) == [1, 2])
    #expect(encode("ab", [("ab", -2), ("a", -1), ("b", -1)]) == [1])
    #expect(encode("a", [("a", -1), ("a", 5)]) == [1])
  }

  @Test func unknownCharactersAreOnePiece() {
    #expect(encode("xyz", [("a", -1)]) == [0])
    #expect(encode("xayé漢", [("a", -1)]) == [0, 1, 0])
    #expect(encode("漢a", [("a", -1), ("漢", -50)]) == [2, 1])
  }

  /// An unknown character is ten less probable than the rarest piece: "xb" as one piece is 12 more than that, 8 less.
  @Test func whatIsUnknownCosts() {
    #expect(encode("xb", [("b", -2), ("xb", -13)]) == [2])
    #expect(encode("xb", [("xb", -13), ("b", -2), ("x", -10)]) == [3, 2])
  }

  @Test func longWordsTakeTheTimeOfTheirLength() {
    let ids = encode(String(repeating: "ab", count: 20_000), [("a", -1), ("ab", -1.5), ("b", -1)])
    #expect(ids == Array(repeating: 2, count: 20_000))
  }
}
