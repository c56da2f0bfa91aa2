internal import Foundation

/// A text in Unicode's normalisation form C: é as one code point, not as e and an accent.
///
/// Foundation does it, but swift-corelibs-foundation gets three things wrong, which are kept from it here. It looks at only
/// the low 16 bits of a character that a mark follows, and joins U+10041 and U+0307 to U+0226; it counts one Hangul jamo too
/// many of each kind; and it joins no final consonant to a written syllable.
struct CanonicalComposition {
  private(set) var scalars: [Unicode.Scalar] = []
  /// What is for Foundation to compose.
  private var part = String.UnicodeScalarView()

  init(of text: String) {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else {
      scalars = Array(text.unicodeScalars)
      return
    }
    // The last character that no mark is, lies beyond 16 bits.
    var isBeyond = false
    for scalar in text.unicodeScalars {
      let isWide = scalar.value > 0xffff
      if Hangul.contains(scalar) {
        composePart()
        Hangul.append(scalar, to: &scalars)
        isBeyond = false
        continue
      }
      let isCut = isBeyond && !isWide
      if isCut { composePart() }
      part.append(scalar)
      if isCut || scalar.properties.canonicalCombiningClass == .notReordered { isBeyond = isWide }
    }
    composePart()
  }

  private mutating func composePart() {
    if part.isEmpty { return }
    scalars.append(contentsOf: String(part).precomposedStringWithCanonicalMapping.unicodeScalars)
    part = String.UnicodeScalarView()
  }
}

/// The composition of Korean syllables, which Unicode defines by arithmetic (The Unicode Standard, section 3.12).
private enum Hangul {
  private static let leading: Range<UInt32> = 0x1100..<0x1113
  private static let vowels: Range<UInt32> = 0x1161..<0x1176
  /// With the place of "none" at its beginning.
  private static let trailing: Range<UInt32> = 0x11a7..<0x11c3
  private static let syllables: Range<UInt32> = 0xac00..<0xd7a4

  static func contains(_ scalar: Unicode.Scalar) -> Bool {
    (0x1100..<0x1200).contains(scalar.value) || syllables.contains(scalar.value)
  }

  static func append(_ scalar: Unicode.Scalar, to scalars: inout [Unicode.Scalar]) {
    guard let last = scalars.last?.value, let joined = join(last, scalar.value) else { return scalars.append(scalar) }
    scalars[scalars.count - 1] = joined
  }

  private static func join(_ first: UInt32, _ second: UInt32) -> Unicode.Scalar? {
    let finals = UInt32(trailing.count)
    if leading.contains(first), vowels.contains(second) {
      let pair = (first - leading.lowerBound) * UInt32(vowels.count) + second - vowels.lowerBound
      return Unicode.Scalar(syllables.lowerBound + pair * finals)
    }
    guard syllables.contains(first), (first - syllables.lowerBound) % finals == 0, second > trailing.lowerBound,
      trailing.contains(second)
    else { return nil }
    return Unicode.Scalar(first + second - trailing.lowerBound)
  }
}
