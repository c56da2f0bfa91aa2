/// Interleaved 8-bit sRGB, the form in which training pictures are held.
public struct RGB8Picture: Sendable, Hashable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// `height * width * 3` samples: rows of red, green, blue (HWC).
  public let samples: [UInt8]
}
