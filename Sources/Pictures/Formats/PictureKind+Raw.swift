extension PictureKind {
  /// The name of a camera's raw file that is built on TIFF; nil for an ordinary TIFF.
  ///
  /// The first directory of such a file holds a small preview, which must not pass for the picture.
  static func rawName(ofTIFF bytes: [UInt8]) -> String? {
    if bytes.count >= 10, bytes[8..<10].elementsEqual("CR".utf8) { return "Canon raw (CR2)" }
    guard let directory = TIFFDirectory(bytes) else { return nil }
    if directory.has(dngVersion) { return "DNG camera raw" }
    let isPreview = directory.values(newSubfileType)?.first.map { $0 & 1 == 1 } ?? false
    return isPreview && directory.has(subIFDs) ? "camera raw" : nil
  }

  private static let dngVersion = 50_706
  private static let newSubfileType = 254
  private static let subIFDs = 330
}
