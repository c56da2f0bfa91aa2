/// Something that reads picture files; the program fills it with its picture library.
public protocol PictureDecoder: Sendable {
  /// Decodes a file, upright, to sRGB.
  /// - Parameter path: The file.
  /// - Returns: Sides, and interleaved RGB bytes (HWC).
  /// - Throws: What the library reports. May be called from several threads at once.
  func decodeRGB8(path: String) throws -> (width: Int, height: Int, pixels: [UInt8])
}
