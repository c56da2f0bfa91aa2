/// A way to store 8-bit pictures without loss.
public enum LosslessFormat: String, Sendable, Codable, CaseIterable {
  /// PNG.
  case png
  /// WebP without loss, about a quarter smaller than PNG.
  case webp
}

/// Something that writes picture files; the program fills it with its picture library.
public protocol PictureEncoder: Sendable {
  /// Encodes a picture without loss: the same bytes for the same picture.
  /// - Parameters:
  ///   - rgb8: Interleaved sRGB (HWC), `height · width · 3` bytes.
  ///   - width: Columns.
  ///   - height: Rows.
  ///   - format: How.
  /// - Returns: The contents of a file.
  /// - Throws: What the library reports.
  func encode(rgb8: [UInt8], width: Int, height: Int, as format: LosslessFormat) throws -> [UInt8]
}
