internal import Torch

/// How much of what the steps after the first one add goes into the result: `first + strength · (last - first)`, of the
/// brightness alone. The colours stay the first step's, which invents none.
///
/// What repeats itself from block to block of the codec is left out: a network over blocks of pixels can draw the same faint
/// figure into each, which shows as a weave in flat parts and is never the picture's own.
///
/// The same extrapolation that guidance makes between two predictions (Ho and Salimans 2022, equation 6), here between the
/// faithful one and the detailed one.
final class DetailStrength: SamplingHook {
  /// Blocks along each side of the surroundings in which a figure counts as repeated: 44 pixels of blocks of 4.
  private static let surroundings = 11

  private let strength: Double
  private let block: Int
  private var first_BCHW: Tensor?

  /// - Parameter block: Side of the codec's blocks.
  init(_ strength: Double, block: Int) {
    self.strength = strength
    self.block = block
  }

  /// Keeps the first prediction.
  func refine(predictedClean clean_BCHW: Tensor, afterStep index: Int) throws {
    if first_BCHW == nil { first_BCHW = clean_BCHW }
  }

  /// The result's picture.
  /// - Parameters:
  ///   - last_BCHW: The loop's clean latent.
  ///   - decode: From a clean latent to its picture, `[B, 3, H, W]`.
  func picture(of last_BCHW: Tensor, decode: (Tensor) throws -> Tensor) throws -> Tensor {
    let last = try decode(last_BCHW)
    guard let first_BCHW else { return last }
    let first = try decode(first_BCHW)
    // BT.601, as the scores see brightness.
    let weights = try Tensor([0.299, 0.587, 0.114] as [Float], [1, 3, 1, 1]).to(device: last.device)
    let added_B1HW = try ((last - first) * weights).sum([1], keepingAxes: true)
    return try first + withoutFigure(added_B1HW) * strength
  }

  private func withoutFigure(_ x_B1HW: Tensor) throws(TorchError) -> Tensor {
    let places_BPHW = try x_B1HW.pixelUnshuffled(block)
    let figure_BPHW = try localMean(places_BPHW)
    // What all places of a block share is no figure.
    return try (places_BPHW - figure_BPHW + figure_BPHW.mean([1], keepingAxes: true)).pixelShuffled(block)
  }

  /// The mean over the surroundings of each block, as far as the picture goes.
  private func localMean(_ x_BPHW: Tensor) throws(TorchError) -> Tensor {
    let (side, places) = (Self.surroundings, x_BPHW.size(1))
    let box = try Tensor.ones([places, 1, side, side], device: x_BPHW.device)
    func sum(_ y_BPHW: Tensor) throws(TorchError) -> Tensor {
      try y_BPHW.conv2d(box, bias: nil, padding: side / 2, groups: places)
    }
    return try sum(x_BPHW) / sum(.ones(x_BPHW.shape, device: x_BPHW.device))
  }
}
