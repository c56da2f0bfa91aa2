public import Torch

/// Puts the results of overlapping tiles together, in float32.
///
/// A plan's tiles form a grid and their weights are products, so each tile's share of a pixel is known before any tile is
/// there: one accumulator is enough, and nothing is divided at the end.
public final class TileBlender {
  private let plan: TilePlan
  private let rowShares: [Int: Tensor]
  private let columnShares: [Int: Tensor]
  private let sum_BCHW: Tensor
  private var missing: Set<Tile>

  /// An empty canvas.
  /// - Parameters:
  ///   - plan: Which tiles will come.
  ///   - batch: Pictures.
  ///   - channels: Channels of the result.
  ///   - window: How much each pixel of a tile counts.
  ///   - device: Where the canvas lies; main memory is never too small for it.
  /// - Throws: `TorchError`, also when memory runs out.
  public init(
    _ plan: TilePlan, batch: Int, channels: Int, window: TileWindow = .cosine, device: Device = .cpu
  ) throws(TorchError) {
    self.plan = plan
    rowShares = try Self.shares(plan.vertical, window.shares(plan.vertical, isVertical: true), [1, 1, -1, 1], device)
    columnShares = try Self.shares(
      plan.horizontal, window.shares(plan.horizontal, isVertical: false), [1, 1, 1, -1], device)
    sum_BCHW = try .zeros([batch, channels, plan.height, plan.width], device: device)
    missing = Set(plan.tiles)
  }

  private static func shares(
    _ axis: TileAxis, _ lists: [[Double]], _ shape: [Int], _ device: Device
  ) throws(TorchError) -> [Int: Tensor] {
    var shares: [Int: Tensor] = [:]
    for (origin, list) in zip(axis.origins, lists) {
      shares[origin] = try Tensor(list.map { Float($0) }).reshaped(shape).to(device: device)
    }
    return shares
  }

  /// Adds a tile's result.
  /// - Parameters:
  ///   - part_BCHW: Of the tile's size, any float type, any device.
  ///   - tile: One of the plan's, once.
  /// - Throws: `RestorationError` for another tile, or one that is there already, or a result of another size;
  ///   `TorchError`.
  public func add(_ part_BCHW: Tensor, at tile: Tile) throws {
    guard let rows = rowShares[tile.top], let columns = columnShares[tile.left], missing.contains(tile) else {
      throw RestorationError(.argument, "tile \(tile) is not one that is still missing of \(plan)")
    }
    let expected = [sum_BCHW.size(0), sum_BCHW.size(1), tile.height, tile.width]
    guard part_BCHW.shape == expected else {
      throw RestorationError(.argument, "the result of tile \(tile) has the shape \(part_BCHW.shape), not \(expected)")
    }
    let weighted = try part_BCHW.to(.float32, device: sum_BCHW.device) * rows * columns
    try sum_BCHW.cropped(tile).add(inPlace: weighted)
    missing.remove(tile)
  }

  /// The whole canvas.
  /// - Returns: BCHW float32.
  /// - Throws: `RestorationError` while tiles are missing.
  public func result() throws -> Tensor {
    guard missing.isEmpty else {
      throw RestorationError(.argument, "\(missing.count) of \(plan.count) tiles of \(plan) are missing")
    }
    return sum_BCHW
  }
}
