/// The tiles of a canvas along one axis.
struct TileAxis: Sendable, Hashable {
  /// Length of the canvas.
  let length: Int
  /// Length of every tile.
  let side: Int
  /// The largest distance between neighbours' beginnings.
  let stride: Int
  /// All beginnings and ``stride`` are multiples of this.
  let step: Int
  /// Where tiles begin, rising from 0 to `length - side`.
  let origins: [Int]

  /// Covers a length.
  ///
  /// - Parameters:
  ///   - length: Length of the canvas, at least 1.
  ///   - tile: Largest length of a tile.
  ///   - overlap: Least number of pixels that neighbours share.
  ///   - alignment: Tiles shorter than the canvas are multiples of this; so are beginnings where the canvas is one.
  /// - Throws: `RestorationError` when no multiple of `alignment` is left for the distance between tiles.
  init(length: Int, tile: Int, overlap: Int, alignment: Int, placement: TilePlacement) throws(RestorationError) {
    guard length > tile else {
      self.init(length: length, side: length, stride: length, step: 1, origins: [0])
      return
    }
    let side = tile / alignment * alignment
    let step = length.isMultiple(of: alignment) ? alignment : 1
    let stride = (side - overlap) / step * step
    guard side > 0, stride > 0 else {
      throw RestorationError(
        .argument,
        "tiles of \(tile) with an overlap of \(overlap) and sides that are multiples of \(alignment) cannot cover "
          + "\(length): use larger tiles or less overlap")
    }
    let last = length - side
    let gaps = (last + stride - 1) / stride
    let origins = (0...gaps).map { index in
      switch placement {
      case .stride: min(index * stride, last)
      case .even: index == gaps ? last : index * last / gaps / step * step
      }
    }
    self.init(length: length, side: side, stride: stride, step: step, origins: origins)
  }

  private init(length: Int, side: Int, stride: Int, step: Int, origins: [Int]) {
    self.length = length
    self.side = side
    self.stride = stride
    self.step = step
    self.origins = origins
  }

  /// The same tiles with those between the ends moved together by a part of the stride that `draw` picks; one more
  /// tile may be needed.
  func jittered(_ draw: UInt64) -> TileAxis {
    guard origins.count > 1 else { return self }
    let last = length - side
    let phase = Int(draw % UInt64(stride / step)) * step
    let between = Swift.stride(from: phase, to: last, by: stride).filter { $0 > 0 }
    return TileAxis(length: length, side: side, stride: stride, step: step, origins: [0] + between + [last])
  }

  /// The same tiles on an axis that is `factor` times as long.
  func scaled(by factor: Int) -> TileAxis {
    TileAxis(
      length: length * factor, side: side * factor, stride: stride * factor, step: step * factor,
      origins: origins.map { $0 * factor })
  }

  /// The same tiles on an axis that is `factor` times shorter; nil where something is not a multiple.
  func divided(by factor: Int) -> TileAxis? {
    guard ([length, side, stride] + origins).allSatisfy({ $0.isMultiple(of: factor) }) else { return nil }
    return TileAxis(
      length: length / factor, side: side / factor, stride: stride / factor, step: max(step / factor, 1),
      origins: origins.map { $0 / factor })
  }
}
