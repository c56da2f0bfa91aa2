public import Torch

/// A feature map of one picture, held as strips of whole rows.
///
/// A stage that works its way down a map lets go of strips that it no longer needs, so that map and result are never both
/// whole in memory.
public final class FeatureStrips {
  /// Channels of the map.
  public let channels: Int
  /// Rows of the map.
  public let height: Int
  /// Columns of the map.
  public let width: Int
  private var strips: [Strip] = []
  private var end = 0
  /// Maps whose channels, one after the other, are this map's; empty for a map with strips of its own.
  private let members: [FeatureStrips]

  private struct Strip {
    let rows: Range<Int>
    var tensor: Tensor?
    var moments: ChannelMoments?
  }

  /// An empty map, to which strips are appended from the top down.
  package init(channels: Int, height: Int, width: Int) {
    self.channels = channels
    self.height = height
    self.width = width
    members = []
  }

  /// The channels of several maps one after the other, put together row by row where rows are read. Letting go of rows lets
  /// go of the maps' rows.
  package init(joining maps: [FeatureStrips]) throws(TorchError) {
    guard let first = maps.first, maps.allSatisfy({ $0.height == first.height && $0.width == first.width }) else {
      throw TorchError(.argument, "joining maps of the sizes \(maps.map { [$0.channels, $0.height, $0.width] })")
    }
    channels = maps.reduce(0) { $0 + $1.channels }
    height = first.height
    width = first.width
    members = maps
  }

  /// The same map once more: each of both can let go of rows without the other losing them.
  package func forked() -> FeatureStrips {
    let copy = FeatureStrips(channels: channels, height: height, width: width, members: members.map { $0.forked() })
    copy.strips = strips
    copy.end = end
    return copy
  }

  private init(channels: Int, height: Int, width: Int, members: [FeatureStrips]) {
    self.channels = channels
    self.height = height
    self.width = width
    self.members = members
  }

  /// A whole map, `[1, C, H, W]`, as one strip.
  public convenience init(whole x_1CHW: Tensor) throws(TorchError) {
    self.init(channels: x_1CHW.size(1), height: x_1CHW.size(2), width: x_1CHW.size(3))
    try append(x_1CHW)
  }

  /// Adds the next rows, `[1, C, h, W]`.
  package func append(_ rows_1CHW: Tensor) throws(TorchError) {
    let next = end + rows_1CHW.size(2)
    guard rows_1CHW.shape == [1, channels, next - end, width], next <= height else {
      throw TorchError(
        .argument, "appending rows of shape \(rows_1CHW.shape) at row \(end) of a map of \([channels, height, width])")
    }
    strips.append(Strip(rows: end..<next, tensor: rows_1CHW, moments: nil))
    end = next
  }

  /// Rows as a tensor `[1, C, rows, W]`: a view where they lie in one strip, a copy where in several.
  package func rows(_ wanted: Range<Int>) throws(TorchError) -> Tensor {
    guard members.isEmpty else {
      return try .concatenated(try members.map { map throws(TorchError) in try map.rows(wanted) }, axis: 1)
    }
    var parts: [Tensor] = []
    for strip in strips where strip.rows.overlaps(wanted) {
      guard let tensor = strip.tensor else { break }
      let part = strip.rows.clamped(to: wanted)
      parts.append(
        part == strip.rows
          ? tensor : try tensor.narrowed(2, from: part.lowerBound - strip.rows.lowerBound, length: part.count))
    }
    guard parts.reduce(0, { $0 + $1.size(2) }) == wanted.count else {
      throw TorchError(.argument, "reading rows \(wanted) of a map whose rows up to \(end) were made and partly let go")
    }
    return parts.count == 1 ? parts[0] : try .concatenated(parts, axis: 2)
  }

  /// The whole map, `[1, C, H, W]`.
  public func gathered() throws(TorchError) -> Tensor { try rows(0..<height) }

  /// Lets go of strips that end at or above a row.
  package func release(above row: Int) {
    for map in members { map.release(above: row) }
    for index in strips.indices where strips[index].rows.upperBound <= row { strips[index].tensor = nil }
  }

  /// The moments of each channel, strip by strip.
  func moments() throws(TorchError) -> [ChannelMoments] {
    guard members.isEmpty else {
      // Their strips need not be the same ones.
      return [
        try ChannelMoments(
          joining: try members.map { map throws(TorchError) in try ChannelMoments(pooling: map.moments()) })
      ]
    }
    var all: [ChannelMoments] = []
    for index in strips.indices {
      if strips[index].moments == nil, let tensor = strips[index].tensor {
        strips[index].moments = try ChannelMoments(tensor)
      }
      if let moments = strips[index].moments { all.append(moments) }
    }
    return all
  }

  /// Even parts of the rows such that a strip of `channels` over `width` columns keeps to a plan.
  package func ranges(_ plan: StripPlan, channels: Int, width: Int) -> [Range<Int>] {
    plan.ranges(height: height, rowByteCount: channels * width * elementByteCount)
  }

  private var elementByteCount: Int {
    members.first?.elementByteCount ?? strips.first { $0.tensor != nil }?.tensor?.dtype.byteCount ?? 4
  }
}
