/// How a canvas is covered by tiles of one size that overlap.
///
/// A side of the canvas that is not longer than a tile is covered by one tile of that side. The plan depends on nothing
/// but its arguments.
public struct TilePlan: Sendable, Hashable, CustomStringConvertible {
  let vertical: TileAxis
  let horizontal: TileAxis
  private let settings: Settings

  private struct Settings: Hashable {
    let tile: Int
    let overlap: Int
    let alignment: Int
    let placement: TilePlacement
  }

  /// Covers a canvas.
  /// - Parameters:
  ///   - height: Rows of the canvas.
  ///   - width: Columns of the canvas.
  ///   - tile: Longest side of a tile; it is rounded down to a multiple of `alignment` where the canvas is longer.
  ///   - overlap: Least number of pixels that neighbours share; nil is a quarter of the tile.
  ///   - alignment: Sides of tiles are multiples of this, and corners too on a canvas whose sides are.
  ///   - placement: Where the tiles between the first and the last lie.
  /// - Throws: `RestorationError` for sizes below 1, or a tile too small for its overlap and alignment.
  public init(
    height: Int, width: Int, tile: Int, overlap: Int? = nil, alignment: Int = 1, placement: TilePlacement = .even
  ) throws(RestorationError) {
    guard height > 0, width > 0, tile > 0, alignment > 0, (overlap ?? 0) >= 0 else {
      throw RestorationError(
        .argument,
        "a canvas of \(width)×\(height) was to be cut into tiles of \(tile) with an overlap of \(overlap ?? 0) and an "
          + "alignment of \(alignment): sizes must be at least 1, the overlap at least 0")
    }
    let shared = overlap ?? (tile + 3) / 4
    settings = Settings(tile: tile, overlap: shared, alignment: alignment, placement: placement)
    vertical = try TileAxis(length: height, tile: tile, overlap: shared, alignment: alignment, placement: placement)
    horizontal = try TileAxis(length: width, tile: tile, overlap: shared, alignment: alignment, placement: placement)
  }

  private init(_ vertical: TileAxis, _ horizontal: TileAxis, _ settings: Settings) {
    self.vertical = vertical
    self.horizontal = horizontal
    self.settings = settings
  }

  /// Rows of the canvas.
  public var height: Int { vertical.length }
  /// Columns of the canvas.
  public var width: Int { horizontal.length }
  /// Rows of every tile.
  public var tileHeight: Int { vertical.side }
  /// Columns of every tile.
  public var tileWidth: Int { horizontal.side }
  /// The number of tiles.
  public var count: Int { vertical.origins.count * horizontal.origins.count }

  /// All tiles, column by column, from top to bottom.
  public var tiles: [Tile] {
    horizontal.origins.flatMap { x in
      vertical.origins.map { y in Tile(top: y, left: x, height: tileHeight, width: tileWidth) }
    }
  }

  /// The same plan on a canvas that is `factor` times as large: from latents to pixels.
  public func scaled(by factor: Int) -> TilePlan {
    TilePlan(vertical.scaled(by: factor), horizontal.scaled(by: factor), settings)
  }

  /// The same plan on a canvas that is `factor` times smaller: from pixels to latents.
  /// - Parameter factor: All sides and corners must be multiples of it: plan with this alignment.
  /// - Throws: `RestorationError` where they are not.
  public func divided(by factor: Int) throws(RestorationError) -> TilePlan {
    guard factor > 0, let vertical = vertical.divided(by: factor), let horizontal = horizontal.divided(by: factor)
    else {
      throw RestorationError(
        .argument,
        "tiles of a canvas of \(width)×\(height) do not lie on multiples of \(factor): plan with this alignment")
    }
    return TilePlan(vertical, horizontal, settings)
  }

  /// The same tiles with all those between the edges moved a little, so that seams of different steps lie in different
  /// places. There may be one more row and column of tiles.
  /// - Parameter seed: Fixes how far.
  public func jittered(seed: UInt64) -> TilePlan {
    let draw = SplitMix64.mix(seed)
    return TilePlan(vertical.jittered(draw), horizontal.jittered(SplitMix64.mix(draw)), settings)
  }

  /// A plan of tiles half as large, for when one did not fit into memory.
  /// - Returns: nil when the tiles cannot be made smaller.
  public func halved() -> TilePlan? {
    let tile = max(tileHeight, tileWidth) / 2
    guard tile >= 2 * settings.alignment else { return nil }
    return try? TilePlan(
      height: height, width: width, tile: tile, overlap: settings.overlap * tile / max(settings.tile, 1),
      alignment: settings.alignment, placement: settings.placement)
  }

  /// Canvas, tiles and their size.
  public var description: String { "\(width)×\(height) in \(count) tiles of \(tileWidth)×\(tileHeight)" }
}
