/// The spellings in a prompt that are tokens of their own and no text.
struct SpecialTokens: Sendable {
  /// A piece of a prompt.
  enum Part {
    case text(String)
    case special(Int)
  }

  /// Longer spellings first, so that the longest of those that begin at a place is found.
  private let tokens: [(bytes: [UInt8], id: Int)]
  private let firstBytes: Set<UInt8>

  /// - Parameter tokens: Spellings, none of them empty, and their ids.
  init(_ tokens: [(spelling: String, id: Int)]) {
    let spelled = tokens.map { (bytes: Array($0.spelling.utf8), id: $0.id) }
    self.tokens = spelled.sorted { $0.bytes.count > $1.bytes.count }
    firstBytes = Set(spelled.compactMap(\.bytes.first))
  }

  /// The text between special tokens, and these.
  func parts(of text: String) -> [Part] {
    let bytes = Array(text.utf8)
    var parts: [Part] = []
    var start = 0
    func addText(to end: Int) {
      if start < end { parts.append(.text(String(decoding: bytes[start..<end], as: UTF8.self))) }
    }
    var position = 0
    while position < bytes.count {
      guard firstBytes.contains(bytes[position]),
        let found = tokens.first(where: { bytes[position...].starts(with: $0.bytes) })
      else {
        position += 1
        continue
      }
      addText(to: position)
      parts.append(.special(found.id))
      position += found.bytes.count
      start = position
    }
    addText(to: bytes.count)
    return parts
  }
}
