/// The rewriting of text before sentencepiece's tokenizers, from the map that a model file holds.
///
/// T5's map is `nmt_nfkc`: Unicode's normalisation form KC, white space of all kinds to spaces, control characters away.
/// The map is a trie over UTF-8 in the form of the Darts library (a "double array"), and the replacements one after
/// another, each ended by a zero byte. What a spelling maps to is looked up for a whole grapheme cluster first, if it has
/// less than six bytes, and otherwise for each of its code points: so the published fast tokenizers do it.
struct PrecompiledNormalizer: Sendable {
  /// A unit of the trie, packed into 32 bits.
  private struct Unit {
    let bits: UInt32
    /// The byte that leads here; above 255 for a unit that holds a value.
    var label: UInt32 { bits & 0x8000_00ff }
    /// Whether a spelling ends here.
    var isEnd: Bool { bits >> 8 & 1 == 1 }
    /// The place of a replacement, of a unit that holds a value.
    var value: Int { Int(bits & 0x7fff_ffff) }
    /// What the places of the units behind are counted from.
    var offset: UInt32 { (bits >> 10) << (bits >> 6 & 8) }
  }

  private let units: [UInt32]
  private let replacements: [UInt8]
  /// Graphemes below this size are looked up as a whole.
  private static let clusterLimit = 6

  /// Why bytes are no map.
  struct Flaw: Error {
    let reason: String
  }

  /// Reads a map.
  /// - Parameter bytes: As the model file holds it; empty is the map that changes nothing.
  init(_ bytes: ArraySlice<UInt8>) throws(Flaw) {
    guard !bytes.isEmpty else {
      (units, replacements) = ([], [])
      return
    }
    let size = Int(Self.integer(bytes))
    guard bytes.count >= 4, size > 0, size % 4 == 0, size <= bytes.count - 4 else {
      throw Flaw(reason: "its map of characters says that \(size) of its \(bytes.count) bytes are a trie")
    }
    let trie = bytes.dropFirst(4).prefix(size)
    units = stride(from: trie.startIndex, to: trie.endIndex, by: 4).map { Self.integer(trie[$0...]) }
    replacements = Array(bytes.dropFirst(4 + size))
    guard replacements.last == 0, String(validating: replacements, as: UTF8.self) != nil else {
      throw Flaw(reason: "the replacements of its map of characters are not UTF-8 text that ends in a zero")
    }
  }

  /// The first four bytes as a number, little end first.
  private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The text, rewritten.
  func normalized(_ text: String) -> String {
    guard !units.isEmpty else { return text }
    var bytes: [UInt8] = []
    for cluster in text {
      if cluster.utf8.count < Self.clusterLimit, let found = replacement(of: cluster.utf8) {
        bytes.append(contentsOf: found)
        continue
      }
      for scalar in cluster.unicodeScalars {
        let spelling = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        if let found = replacement(of: spelling) {
          bytes.append(contentsOf: found)
        } else {
          bytes.append(contentsOf: spelling)
        }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What the shortest beginning of these bytes maps to; nil when the map has none of them.
  private func replacement(of spelling: some Sequence<UInt8>) -> ArraySlice<UInt8>? {
    var place = units.isEmpty ? 0 : Unit(bits: units[0]).offset
    for byte in spelling {
      // A zero leads to values, not to further units.
      if byte == 0 { return nil }
      place ^= UInt32(byte)
      // Places out of range are those of a damaged map: it has nothing there.
      guard place < units.count else { return nil }
      let unit = Unit(bits: units[Int(place)])
      guard unit.label == UInt32(byte) else { return nil }
      place ^= unit.offset
      guard unit.isEnd else { continue }
      guard place < units.count else { return nil }
      let start = Unit(bits: units[Int(place)]).value
      guard start < replacements.count else { return nil }
      return replacements[start...].prefix { $0 != 0 }
    }
    return nil
  }
}
