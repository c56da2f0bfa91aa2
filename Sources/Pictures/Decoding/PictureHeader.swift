/// What a picture file says of itself before any pixel is decoded.
public struct PictureHeader: Sendable, Hashable {
  /// The kind of file, told by its first bytes.
  public let format: PictureFormat
  /// Columns, after the orientation is applied.
  public let width: Int
  /// Rows, after the orientation is applied.
  public let height: Int
  /// Bits a channel, 8 or 16.
  public let bitDepth: Int
  /// Whether there is one colour channel.
  public let isGrey: Bool
  /// Whether there is an alpha channel.
  public let hasAlpha: Bool
  /// The EXIF orientation, 1...8; 1 is upright.
  public let orientation: Int
}
