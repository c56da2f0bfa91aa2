/// A prompt's words as CLIP's tokenizer cuts them, each as UTF-8 bytes.
///
/// The text is brought to Unicode's normalisation form C and lower-cased one code point at a time (so that Σ at the end of
/// a word becomes σ). Then, from left to right: a contraction's ending (`'s 't 're 've 'm 'll 'd`), a run of letters, one
/// number character, or a run of anything else but white space, which only separates.
struct CLIPWords: Sequence, IteratorProtocol {
  private enum Kind { case space, letter, number, other }

  private let scalars: [Unicode.Scalar]
  private let kinds: [Kind]
  private var position = 0
  /// Where the spelled-out end of a special token must not join what follows it.
  private var barrier = Int.max

  private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }
  private static let specialTokens = ["<|startoftext|>", "<|endoftext|>"].map { Array($0.unicodeScalars) }

  init(_ text: String) {
    var scalars: [Unicode.Scalar] = []
    for scalar in CanonicalComposition(of: text).scalars {
      if scalar.isASCII {
        scalars.append((65...90).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar)
      } else {
        scalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    self.scalars = scalars
    kinds = scalars.map(Self.kind)
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    if scalar.properties.isWhitespace { return .space }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return .other
    }
  }

  mutating func next() -> [UInt8]? {
    while position < kinds.count, kinds[position] == .space { position += 1 }
    guard position < kinds.count else { return nil }
    // Capitals keep a special token from being one, but it still separates: `<|ENDOFTEXT|>!` ends in `|>` and `!`.
    if let token = match(Self.specialTokens) { barrier = position + token }
    let start = position
    if kinds[position] == .number {
      position += 1
    } else if let ending = match(Self.contractions) {
      position += ending
    } else {
      let kind = kinds[position]
      repeat { position += 1 } while position < kinds.count && kinds[position] == kind && position != barrier
    }
    return scalars[start..<position].flatMap { Array(UTF8.encode($0) ?? UTF8.encodedReplacementCharacter) }
  }

  /// The length of the first of these texts that stands here.
  private func match(_ texts: [[Unicode.Scalar]]) -> Int? {
    guard scalars[position] == texts[0][0] else { return nil }
    return texts.first { scalars[position...].starts(with: $0) }?.count
  }
}
