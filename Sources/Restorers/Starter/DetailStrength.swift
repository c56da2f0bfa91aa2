internal import Torch

/// How much of what the steps after the first one add goes into the result: `first + strength · (last - first)`, of the
/// brightness alone. The colours stay the first step's, which invents none.
///
/// The same extrapolation that guidance makes between two predictions (Ho and Salimans 2022, equation 6), here between the
/// faithful one and the detailed one.
final class DetailStrength: SamplingHook {
  private let strength: Double
  private var first_BCHW: Tensor?

  init(_ strength: Double) { self.strength = strength }

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
    return try first + added_B1HW * strength
  }
}
