internal import Foundation

/// Tells a file that ends too early from one that is damaged, after its decoding has failed.
enum Truncation {
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - format: its kind.
  ///   - reason: what the decoder said.
  static func isCutShort(_ bytes: Data, format: PictureFormat, reason: String) -> Bool {
    let said = reason.lowercased()
    let phrases = ["premature", "truncated", "unexpected end", "end of file", "end of data", "not enough data"]
    if format != .tiff, phrases.contains(where: said.contains) { return true }
    return endsEarly(bytes, format: format)
  }

  /// Whether the structure of a file goes beyond its bytes.
  static func endsEarly(_ bytes: Data, format: PictureFormat) -> Bool {
    switch format {
    case .jpeg: return !hasEndOfImage(bytes)
    case .png: return walkPNG(bytes)
    case .webp: return bytes.count >= 8 && number(bytes, at: 4, count: 4, bigEndian: false) + 8 > bytes.count
    case .heic, .avif: return walkBoxes(bytes)
    case .gif: return bytes.last != 0x3B
    case .tiff: return isTIFFCutShort(bytes)
    }
  }

  private static func number(_ bytes: Data, at: Int, count: Int, bigEndian: Bool) -> Int {
    let part = bytes[at..<at + count]
    return bigEndian ? part.reduce(0) { $0 << 8 | Int($1) } : part.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private static func hasEndOfImage(_ bytes: Data) -> Bool {
    // Other data may follow the picture, so the marker is looked for from the end.
    guard bytes.count >= 2 else { return false }
    return stride(from: bytes.count - 2, through: 0, by: -1).contains { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xD9 }
  }

  /// Whether the first directory, or a strip or tile that it names, runs past the end.
  private static func isTIFFCutShort(_ bytes: Data) -> Bool {
    guard let directory = TIFFDirectory(bytes), !directory.isCutShort else { return true }
    // StripOffsets and StripByteCounts, TileOffsets and TileByteCounts.
    for (offsets, counts) in [(273, 279), (324, 325)] where directory.has(offsets) {
      guard let starts = directory.values(offsets), let sizes = directory.values(counts) else { return true }
      if zip(starts, sizes).contains(where: { $0 + $1 > bytes.count }) { return true }
    }
    return false
  }

  /// Whether the chunks of a PNG run past the end before IEND.
  private static func walkPNG(_ bytes: Data) -> Bool {
    var at = 8
    while at + 12 <= bytes.count {
      if bytes[at + 4..<at + 8].elementsEqual("IEND".utf8) { return false }
      at += 12 + number(bytes, at: at, count: 4, bigEndian: true)
    }
    return true
  }

  /// Whether the boxes of a HEIF file run past the end.
  private static func walkBoxes(_ bytes: Data) -> Bool {
    var at = 0
    while at < bytes.count {
      guard at + 8 <= bytes.count else { return true }
      var size = number(bytes, at: at, count: 4, bigEndian: true)
      if size == 0 { return false }
      if size == 1 {
        guard at + 16 <= bytes.count, bytes[at + 8] == 0 else { return true }
        size = number(bytes, at: at + 8, count: 8, bigEndian: true)
      }
      guard size >= 8, size <= bytes.count - at else { return size > bytes.count - at }
      at += size
    }
    return false
  }
}
