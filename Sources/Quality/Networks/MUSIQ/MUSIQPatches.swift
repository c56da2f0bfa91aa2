internal import Foundation
internal import Torch

/// A picture at MUSIQ's sizes, cut into patches with their places.
///
/// The published form fills the smaller sizes' patches up with empty ones to a fixed number and keeps every token from
/// seeing those. They do not change the score, so they are made for ``sequencePositions`` alone.
struct MUSIQPatches {
  /// One size of the picture.
  struct Scale {
    /// `[B, N, 3, side, side]`, row by row.
    let patches_BNCHW: Tensor
    /// The place of each patch on the grid, row · grid + column.
    let places: [Int]
    /// How many patches the published form counts; nil is as many as there are.
    let paddedCount: Int?
  }

  let scales: [Scale]

  /// - Parameters:
  ///   - image_BCHW: RGB in 0 … 1.
  ///   - config: The sizes.
  init(_ image_BCHW: Tensor, _ config: MUSIQConfig) throws(TorchError) {
    let x_BCHW = try image_BCHW * 2 - 1
    var scales: [Scale] = []
    let (height, width) = (x_BCHW.size(2), x_BCHW.size(3))
    for side in config.longerSides {
      let factor = Double(side) / Double(max(height, width))
      // Halves to the even number, as Python rounds.
      func scaled(_ length: Int) -> Int { max(Int((Double(length) * factor).rounded(.toNearestOrEven)), 1) }
      let resized = try x_BCHW.resized(height: scaled(height), width: scaled(width), .bicubic)
      let most = (side + config.patchSide - 1) / config.patchSide
      scales.append(try Self.scale(resized, config, paddedCount: most * most))
    }
    scales.append(try Self.scale(x_BCHW, config, paddedCount: nil))
    self.scales = scales
  }

  private static func scale(
    _ x_BCHW: Tensor, _ config: MUSIQConfig, paddedCount: Int?
  ) throws(TorchError) -> Scale {
    let side = config.patchSide
    let padded = try x_BCHW.paddedToSame(size: side, stride: side)
    let (rows, columns) = (padded.size(2) / side, padded.size(3) / side)
    let patches_BNCHW = try padded.reshaped([padded.size(0), padded.size(1), rows, side, columns, side])
      .permuted([0, 2, 4, 1, 3, 5]).reshaped([padded.size(0), rows * columns, padded.size(1), side, side])
    let (down, across) = (try grid(rows, config.gridSide), try grid(columns, config.gridSide))
    return Scale(
      patches_BNCHW: patches_BNCHW, places: down.flatMap { row in across.map { row * config.gridSide + $0 } },
      paddedCount: paddedCount)
  }

  /// The grid's number of each of `count` patches along an axis: the numbers 0, 1, … resized by PyTorch's "nearest", whose
  /// arithmetic in float32 decides at the borders.
  private static func grid(_ count: Int, _ side: Int) throws(TorchError) -> [Int] {
    try Tensor.arange(0, Double(side)).reshaped([1, 1, 1, side]).resized(height: 1, width: count, .nearest).integers()
  }

  /// Place, scale and whether it counts of each token of the published form.
  var sequencePositions: [[Float]] {
    scales.enumerated().flatMap { number, scale in
      let known = scale.places.map { [Float($0), Float(number), 1] }
      let kept = known.prefix(scale.paddedCount ?? known.count)
      return kept + Array(repeating: [0, 0, 0], count: (scale.paddedCount ?? known.count) - kept.count)
    }
  }
}
