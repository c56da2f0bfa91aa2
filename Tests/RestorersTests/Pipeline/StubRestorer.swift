import Restorers
import Torch

/// A system made of a closure, which remembers what it was asked.
final class StubRestorer: Restorer {
  let scale: Int
  let sideMultiple: Int
  let defaultSteps = 4
  let stepLimit = 4
  let footprint: Footprint
  private(set) var tiles: [Int?] = []
  private(set) var canvases: [Tensor] = []
  private let answer: (Tensor, Int?) throws -> Tensor

  init(
    scale: Int = 4, sideMultiple: Int = 16, footprint: Footprint = Footprint(fixed: 0, perPixel: 0, perTilePixel: 0),
    _ answer: @escaping (Tensor, Int?) throws -> Tensor = { canvas, _ in canvas }
  ) {
    self.scale = scale
    self.sideMultiple = sideMultiple
    self.footprint = footprint
    self.answer = answer
  }

  func restore(
    _ input: RestorationInput, _ request: RestorationRequest, tile: Int?, monitor: RestorationMonitor
  ) throws -> Tensor {
    tiles.append(tile)
    canvases.append(input.enlarged_BCHW)
    try monitor.cancellation.check()
    return try answer(input.enlarged_BCHW, tile)
  }
}

/// A picture that is different at every pixel and smooth enough to survive resampling.
func smoothPicture(width: Int, height: Int) throws -> Tensor {
  let x = try Tensor.linspace(0, 1, count: width).reshaped([1, 1, 1, width])
  let y = try Tensor.linspace(0, 1, count: height).reshaped([1, 1, height, 1])
  let planes = [try x * 0.8 + y * 0.1, try (x * 0 + y) * 0.7 + 0.2, try (x - y) * 0.4 + 0.5]
  return try Tensor.concatenated(planes, axis: 1)
}

/// The error that a closure throws, when it is of the restorers' kind.
func restorationError(_ body: () throws -> Void) -> RestorationError? {
  do {
    try body()
    return nil
  } catch { return error as? RestorationError }
}
