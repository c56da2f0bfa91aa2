/// A rectangle of a canvas, in whole pixels (or latent pixels).
public struct Tile: Sendable, Hashable, CustomStringConvertible {
  /// First row.
  public let y: Int
  /// First column.
  public let x: Int
  /// Number of rows.
  public let height: Int
  /// Number of columns.
  public let width: Int

  /// A rectangle.
  /// - Parameters:
  ///   - y: First row.
  ///   - x: First column.
  ///   - height: Number of rows.
  ///   - width: Number of columns.
  public init(y: Int, x: Int, height: Int, width: Int) {
    self.y = y
    self.x = x
    self.height = height
    self.width = width
  }

  /// The same rectangle on a canvas that is `factor` times as large: where a latent's tile lies in the picture.
  public func scaled(by factor: Int) -> Tile {
    Tile(y: y * factor, x: x * factor, height: height * factor, width: width * factor)
  }

  /// Size and place.
  public var description: String { "\(width)×\(height) at (\(x), \(y))" }
}
