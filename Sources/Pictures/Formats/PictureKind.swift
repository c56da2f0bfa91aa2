/// What the first bytes of a file say it is.
enum PictureKind: Equatable {
  /// A picture that is read.
  case format(PictureFormat)
  /// Something known by name that is not read.
  case refused(String)
  /// Nothing known.
  case unknown

  /// Bytes that ``init(firstBytes:)`` likes to see.
  static let sniffCount = 1024

  /// Tells the kind by signature, never by file name.
  init(firstBytes bytes: [UInt8]) {
    if let format = Self.format(of: bytes) {
      self = (format == .tiff ? Self.rawName(ofTIFF: bytes) : nil).map { .refused($0) } ?? .format(format)
    } else if let name = Self.refusedName(of: bytes) {
      self = .refused(name)
    } else {
      self = .unknown
    }
  }

  private static func format(of bytes: [UInt8]) -> PictureFormat? {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    if bytes.starts(with: text("GIF87a")) || bytes.starts(with: text("GIF89a")) { return .gif }
    if bytes.starts(with: text("RIFF")), bytes.dropFirst(8).starts(with: text("WEBP")) { return .webp }
    // Classic TIFF has version 42, BigTIFF 43; both byte orders.
    for signature: [UInt8] in [[0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42], [0x49, 0x49, 43, 0], [0x4D, 0x4D, 0, 43]]
    where bytes.starts(with: signature) { return .tiff }
    return heif(of: bytes)
  }

  /// Reads the brands of the `ftyp` box (ISO/IEC 14496-12, ISO/IEC 23008-12).
  private static func heif(of bytes: [UInt8]) -> PictureFormat? {
    guard bytes.count >= 12, bytes[4..<8].elementsEqual(text("ftyp")) else { return nil }
    let size = bytes[0..<4].reduce(0) { $0 << 8 | Int($1) }
    let end = min(max(size, 12), bytes.count)
    var brands: [String] = [String(decoding: bytes[8..<12], as: UTF8.self)]
    var at = 16
    while at + 4 <= end {
      brands.append(String(decoding: bytes[at..<at + 4], as: UTF8.self))
      at += 4
    }
    if brands.contains(where: { ["avif", "avis"].contains($0) }) { return .avif }
    if brands.contains(where: { ["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"].contains($0) }) {
      return .heic
    }
    return nil
  }

  private static let signatures: [(name: String, bytes: [UInt8])] = [
    ("PDF", text("%PDF")), ("PostScript", text("%!PS")), ("Photoshop PSD", text("8BPS")), ("BMP", text("BM")),
    ("JPEG XL", [0xFF, 0x0A]), ("JPEG XL", [0, 0, 0, 0x0C] + text("JXL ")),
    ("JPEG 2000", [0, 0, 0, 0x0C] + text("jP  ")), ("JPEG 2000", [0xFF, 0x4F, 0xFF, 0x51]),
    ("OpenEXR", [0x76, 0x2F, 0x31, 0x01]), ("Radiance HDR", text("#?")), ("FITS", text("SIMPLE  =")),
    ("GIMP XCF", text("gimp xcf")), ("icon", [0, 0, 1, 0]), ("gzip archive", [0x1F, 0x8B]),
    ("ZIP archive", text("PK\u{3}\u{4}")), ("libvips", [0xB6, 0xA6, 0xF2, 0x08]),
    ("libvips", [0x08, 0xF2, 0xA6, 0xB6]),
    ("Portable AnyMap", text("P1\n")), ("Portable AnyMap", text("P2\n")), ("Portable AnyMap", text("P3\n")),
    ("Portable AnyMap", text("P4\n")), ("Portable AnyMap", text("P5\n")), ("Portable AnyMap", text("P6\n")),
    ("Portable AnyMap", text("PF\n")), ("Fujifilm raw", text("FUJIFILM")),
    ("Matroska video", [0x1A, 0x45, 0xDF, 0xA3]),
  ]

  private static func refusedName(of bytes: [UInt8]) -> String? {
    let head = String(decoding: bytes.prefix(sniffCount), as: UTF8.self).lowercased()
    if head.contains("<svg") { return "SVG" }
    if let match = signatures.first(where: { bytes.starts(with: $0.bytes) }) { return match.name }
    if bytes.count >= 12, bytes[4..<8].elementsEqual(text("ftyp")) { return "video or raw (ISO media)" }
    if head.contains("<html") || head.contains("<!doctype html") { return "HTML page" }
    return nil
  }

  private static func text(_ string: String) -> [UInt8] { Array(string.utf8) }
}
