extension PictureKind {
  /// The name of a camera's raw file that is built on TIFF; nil for an ordinary TIFF.
  ///
  /// The first directory of such a file holds a small preview, which must not pass for the picture.
  static func rawName(ofTIFF bytes: [UInt8]) -> String? {
    guard bytes.count >= 10 else { return nil }
    if bytes[8..<10].elementsEqual("CR".utf8) { return "Canon raw (CR2)" }
    let isLittle = bytes[0] == 0x49
    func number(_ at: Int, _ count: Int) -> Int {
      guard at >= 0, at + count <= bytes.count else { return 0 }
      let part = bytes[at..<at + count]
      return isLittle ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
    }
    // Classic TIFF only (TIFF 6.0, section 2): raw files are.
    guard number(2, 2) == 42 else { return nil }
    let start = number(4, 4)
    var isPreview = false
    var hasSubDirectories = false
    for entry in (0..<number(start, 2)).map({ start + 2 + 12 * $0 }) where entry + 12 <= bytes.count {
      switch number(entry, 2) {
      case 50_706: return "DNG camera raw"
      case 254: isPreview = number(entry + 8, 4) & 1 == 1
      case 330: hasSubDirectories = true
      default: break
      }
    }
    return isPreview && hasSubDirectories ? "camera raw" : nil
  }
}
