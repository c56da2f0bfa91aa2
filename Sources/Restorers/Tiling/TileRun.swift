public import Torch

/// Work on a canvas tile by tile: cut, work, blend.
public struct TileRun {
  /// How the canvas is cut.
  public var plan: TilePlan
  /// How much each pixel of a tile counts.
  public var window: TileWindow
  /// Told after each tile.
  public var progress: ProgressReporter?
  /// Asked before each tile.
  public var cancellation: CancellationCheck

  /// Work on a canvas tile by tile.
  /// - Parameters:
  ///   - plan: How the canvas is cut.
  ///   - window: How much each pixel of a tile counts.
  ///   - progress: Told after each tile.
  ///   - cancellation: Asked before each tile.
  public init(
    _ plan: TilePlan, window: TileWindow = .cosine, progress: ProgressReporter? = nil,
    cancellation: CancellationCheck = .never
  ) {
    self.plan = plan
    self.window = window
    self.progress = progress
    self.cancellation = cancellation
  }

  /// Works on all tiles.
  /// - Parameters:
  ///   - canvas_BCHW: The input, of the plan's size.
  ///   - output: The plan of the result, where it has another size: `plan.scaled(by: 8)` for a decoder,
  ///     `plan.divided(by: 8)` for an encoder; nil for the same size.
  ///   - work: Given a view of a tile of the input and the tile in the input's pixels; answers that tile of the result.
  /// - Returns: BCHW float32 on the canvas's device. With a single tile, just what `work` answered.
  /// - Throws: `CancellationError`; `RestorationError` for a canvas of another size; whatever `work` throws. A
  ///   `TorchError` for memory says in its message which tile did not fit: come back with ``TilePlan/halved()``.
  public func callAsFunction(
    _ canvas_BCHW: Tensor, output: TilePlan? = nil, _ work: (Tensor, Tile) throws -> Tensor
  ) throws -> Tensor {
    guard canvas_BCHW.rank == 4, canvas_BCHW.size(2) == plan.height, canvas_BCHW.size(3) == plan.width else {
      throw RestorationError(
        .argument, "a canvas of shape \(canvas_BCHW.shape) does not fit the plan of \(plan)")
    }
    let output = output ?? plan
    let tiles = plan.tiles
    guard output.count == tiles.count else {
      throw RestorationError(
        .argument, "the plan of the result, \(output), does not go with that of the input, \(plan)")
    }
    var blender: TileBlender?
    for (index, pair) in zip(tiles, output.tiles).enumerated() {
      try cancellation.check()
      let part_BCHW = try run(work, canvas_BCHW, pair.0)
      if tiles.count == 1 {
        progress?.finishedTile(1, of: 1)
        return try part_BCHW.to(.float32, device: canvas_BCHW.device)
      }
      let target =
        try blender
        ?? TileBlender(
          output, batch: part_BCHW.size(0), channels: part_BCHW.size(1), window: window, device: canvas_BCHW.device)
      blender = target
      try target.add(part_BCHW, at: pair.1)
      progress?.finishedTile(index + 1, of: tiles.count)
    }
    guard let blender else { throw RestorationError(.argument, "the plan \(plan) has no tiles") }
    return try blender.result()
  }

  private func run(_ work: (Tensor, Tile) throws -> Tensor, _ canvas_BCHW: Tensor, _ tile: Tile) throws -> Tensor {
    do {
      return try work(canvas_BCHW.cropped(tile), tile)
    } catch let error as TorchError where error.code == .outOfMemory {
      throw TorchError(
        .outOfMemory, "tile \(tile) of \(plan) did not fit into memory, use smaller tiles: \(error.message)")
    }
  }
}
