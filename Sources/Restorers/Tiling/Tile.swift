public import Torch

/// A rectangle of a canvas, in whole pixels (or latent pixels).
public struct Tile: Sendable, Hashable, CustomStringConvertible {
  /// First row.
  public let top: Int
  /// First column.
  public let left: Int
  /// Number of rows.
  public let height: Int
  /// Number of columns.
  public let width: Int

  /// A rectangle.
  /// - Parameters:
  ///   - top: First row.
  ///   - left: First column.
  ///   - height: Number of rows.
  ///   - width: Number of columns.
  public init(top: Int, left: Int, height: Int, width: Int) {
    self.top = top
    self.left = left
    self.height = height
    self.width = width
  }

  /// The same rectangle on a canvas that is `factor` times as large: where a latent's tile lies in the picture.
  public func scaled(by factor: Int) -> Tile {
    Tile(top: top * factor, left: left * factor, height: height * factor, width: width * factor)
  }

  /// Size and place.
  public var description: String { "\(width)×\(height) at (\(left), \(top))" }
}

extension Tensor {
  /// A view of a tile of a BCHW canvas.
  /// - Parameter tile: Must lie within the canvas.
  /// - Throws: `TorchError` when it does not.
  public func cropped(_ tile: Tile) throws(TorchError) -> Tensor {
    try narrowed(2, from: tile.top, length: tile.height).narrowed(3, from: tile.left, length: tile.width)
  }
}
