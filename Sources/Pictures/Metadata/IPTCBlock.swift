/// The IPTC-IIM data of a picture, which JPEG wraps into a Photoshop resource and TIFF stores bare.
enum IPTCBlock {
  private static let header = Array("Photoshop 3.0\0".utf8)
  private static let signature = Array("8BIM".utf8)
  /// The number of the resource that holds IPTC-IIM (Photoshop file format, image resource blocks).
  private static let resource = 0x0404

  /// The bare data within what a file holds; nil where there is none.
  static func bare(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.starts(with: header) else { return bytes.first == 0x1C ? bytes : nil }
    var at = header.count
    while at + 12 <= bytes.count, bytes[at..<at + 4].elementsEqual(signature) {
      let number = Int(bytes[at + 4]) << 8 | Int(bytes[at + 5])
      // The name is a length byte and its letters, padded to an even count, as the data is.
      let nameEnd = at + 6 + (Int(bytes[at + 6]) + 2) / 2 * 2
      guard nameEnd + 4 <= bytes.count else { return nil }
      let size = bytes[nameEnd..<nameEnd + 4].reduce(0) { $0 << 8 | Int($1) }
      guard nameEnd + 4 + size <= bytes.count else { return nil }
      if number == resource { return Array(bytes[nameEnd + 4..<nameEnd + 4 + size]) }
      at = nameEnd + 4 + (size + 1) / 2 * 2
    }
    return nil
  }

  /// The data as a JPEG segment holds it.
  static func wrapped(_ bare: [UInt8]) -> [UInt8] {
    let size = (0..<4).map { UInt8(bare.count >> (24 - 8 * $0) & 255) }
    var bytes = header + signature + [UInt8(resource >> 8), UInt8(resource & 255), 0, 0]
    bytes += size
    bytes += bare
    if bare.count % 2 == 1 { bytes.append(0) }
    return bytes
  }
}
