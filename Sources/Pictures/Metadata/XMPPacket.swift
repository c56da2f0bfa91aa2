internal import Foundation

/// An XMP packet, into which provenance is written as one `rdf:Description` of Burnish's own namespace.
///
/// The rest of the packet is left as it is, byte for byte, but for a stale orientation: nothing is parsed that need not
/// be, so nothing of other programs is lost.
struct XMPPacket {
  /// The namespace of the provenance properties. A URN: nobody owns a web address for it.
  static let namespace = "urn:burnish:provenance#"

  private static let opening = "<rdf:Description rdf:about=\"\" xmlns:burnish=\"\(namespace)\""
  private static let closing = "/>"

  private(set) var bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// A packet without any property.
  static let empty = XMPPacket(
    bytes: Array(
      """
      <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
      <x:xmpmeta xmlns:x="adobe:ns:meta/">
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      </rdf:RDF>
      </x:xmpmeta>
      <?xpacket end="w"?>
      """.utf8))

  /// The properties of Burnish's namespace.
  var provenance: [String: String] {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let block = Self.block(in: text) else { return [:] }
    var found: [String: String] = [:]
    for match in text[block].matches(of: /burnish:([A-Za-z_][A-Za-z0-9_.\-]*)="([^"]*)"/) where match.1 != "xmlns" {
      found[String(match.1)] = Self.unescaped(String(match.2))
    }
    return found
  }

  /// Whether a key can be the name of an XML attribute.
  static func isUsable(key: String) -> Bool { key.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.\-]*/) != nil }

  /// Writes the properties in place of those of an earlier run.
  ///
  /// - Returns: false, and nothing changed, when the packet has no place for them.
  mutating func setProvenance(_ properties: [String: String]) -> Bool {
    guard var text = String(bytes: bytes, encoding: .utf8) else { return false }
    if let old = Self.block(in: text) { text.removeSubrange(old) }
    guard let end = text.range(of: "</rdf:RDF>", options: .backwards) else { return false }
    let attributes = properties.sorted { $0.key < $1.key }
      .map { "\n  burnish:\($0.key)=\"\(Self.escaped($0.value))\"" }.joined()
    text.insert(contentsOf: Self.opening + attributes + Self.closing + "\n", at: end.lowerBound)
    bytes = Array(text.utf8)
    return true
  }

  /// Sets `tiff:Orientation` to upright where the packet has it.
  mutating func resetOrientation() {
    guard var text = String(bytes: bytes, encoding: .utf8), text.contains("tiff:Orientation") else { return }
    text.replace(/tiff:Orientation=(["'])[0-9]+["']/) { "tiff:Orientation=\($0.1)1\($0.1)" }
    text.replace(/<tiff:Orientation>\s*[0-9]+\s*<\/tiff:Orientation>/) { _ in
      "<tiff:Orientation>1</tiff:Orientation>"
    }
    bytes = Array(text.utf8)
  }

  /// Leaves out the processing instructions around the packet's root element, which are optional.
  mutating func unwrap() {
    guard let text = String(bytes: bytes, encoding: .utf8), let start = text.range(of: "<x:xmpmeta"),
      let end = text.range(of: "</x:xmpmeta>", options: .backwards), start.lowerBound < end.lowerBound
    else { return }
    bytes = Array(text[start.lowerBound..<end.upperBound].utf8)
  }

  private static func block(in text: String) -> Range<String.Index>? {
    guard let start = text.range(of: opening),
      let end = text.range(of: closing, range: start.upperBound..<text.endIndex)
    else { return nil }
    let after = text[end.upperBound...].first == "\n" ? text.index(after: end.upperBound) : end.upperBound
    return start.lowerBound..<after
  }

  private static let entities: [(plain: Character, entity: String)] = [
    ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("\n", "&#10;"), ("\t", "&#9;"), ("\r", "&#13;"),
  ]

  private static func escaped(_ value: String) -> String {
    var out = ""
    for scalar in value.unicodeScalars {
      if let entity = entities.first(where: { $0.plain.unicodeScalars.first == scalar })?.entity {
        out += entity
      } else if scalar.value >= 0x20, scalar.value != 0xFFFE, scalar.value != 0xFFFF {
        // XML 1.0 has no way to write the other control characters.
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  private static func unescaped(_ value: String) -> String {
    // `&amp;` last, so that an escaped entity is not opened twice.
    entities.reversed().reduce(value) { $0.replacingOccurrences(of: $1.entity, with: String($1.plain)) }
  }
}
