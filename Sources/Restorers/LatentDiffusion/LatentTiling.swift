public import Torch

/// How a latent is cut and put together again.
public struct LatentTiling: Sendable, Hashable {
  /// The tiles, in latent pixels.
  public var plan: TilePlan
  /// How much each pixel of a tile counts.
  public var window: TileWindow

  /// Tiles of a latent.
  public init(_ plan: TilePlan, window: TileWindow = .cosine) {
    self.plan = plan
    self.window = window
  }

  /// Covers a picture's latent by tiles that share a quarter with their neighbours.
  /// - Parameters:
  ///   - picture_BCHW: Its sides are multiples of `factor`.
  ///   - side: Longest side of a tile, in pixels of the picture.
  ///   - factor: Pixels of the picture to one of the latent.
  ///   - alignment: Sides of tiles are multiples of this, in latent pixels: `UNetConfig.sideMultiple`.
  /// - Returns: nil where one tile covers the picture.
  /// - Throws: `RestorationError` for a tile that is too small to be cut.
  public static func covering(
    _ picture_BCHW: Tensor, side: Int, factor: Int, alignment: Int = 1
  ) throws(RestorationError) -> LatentTiling? {
    guard side < max(picture_BCHW.size(2), picture_BCHW.size(3)) else { return nil }
    return LatentTiling(
      try TilePlan(
        height: picture_BCHW.size(2) / factor, width: picture_BCHW.size(3) / factor, tile: max(side / factor, 1),
        alignment: alignment))
  }
}
