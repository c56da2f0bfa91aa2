import Testing

@testable import Priors

struct CLIPWordsTests {
  private func words(_ text: String) -> [[Unicode.Scalar]] {
    CLIPWords(text).map { Array(String(decoding: $0, as: UTF8.self).unicodeScalars) }
  }

  /// Words by code points: Swift takes é as one and as two for the same.
  private func expect(_ text: String, _ expected: [String], _ location: SourceLocation = #_sourceLocation) {
    #expect(words(text) == expected.map { Array($0.unicodeScalars) }, sourceLocation: location)
  }

  @Test func cutsLettersNumbersContractionsAndTheRest() {
    expect("It's 42!? I'LL we've", ["it", "'s", "4", "2", "!?", "i", "'ll", "we", "'ve"])
    expect("rock'n'roll '' 'Twas", ["rock", "'", "n", "'", "roll", "''", "'t", "was"])
    // What a run of other signs has begun, a contraction does not end.
    expect("!'s ½²x", ["!'", "s", "½", "²", "x"])
    expect("\u{a0}a\u{2003}b\u{3000}\u{85}c\u{200b}d", ["a", "b", "c", "\u{200b}", "d"])
    expect("", [])
  }

  @Test func composesAndLowersEachCodePoint() {
    expect("CAFE\u{301}", ["caf\u{e9}"])
    expect("\u{212b}", ["\u{e5}"])
    expect("\u{130}x ΣΑΣ", ["i", "\u{307}", "x", "σασ"])
    expect("\u{1100}\u{1161}\u{11a8}x\u{1112}\u{1175}\u{11c2}", ["\u{ac01}x\u{d7a3}"])
    expect("\u{ac00}\u{11a8}e\u{301}", ["\u{ac01}\u{e9}"])
  }

  @Test func composesNothingThatUnicodeDoesNot() {
    expect("\u{10041}\u{307}", ["\u{10041}", "\u{307}"])
    expect("\u{1110}\u{116f}\u{11a7}", ["\u{d248}\u{11a7}"])
    expect("\u{1113}\u{1161}", ["\u{1113}\u{1161}"])
    expect("\u{1100}\u{1176}", ["\u{1100}\u{1176}"])
    expect("\u{ac01}\u{11a8}", ["\u{ac01}\u{11a8}"])
    expect("a\u{1d188}\u{323}", ["\u{1ea1}", "\u{1d188}"])
  }

  @Test func capitalsOfASpecialTokenSeparate() {
    expect("x<|ENDOFTEXT|>'s!", ["x", "<|", "endoftext", "|>", "'s", "!"])
    expect("<|StartOfText|>!", ["<|", "startoftext", "|>", "!"])
    expect("|>!", ["|>!"])
  }
}
