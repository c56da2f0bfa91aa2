public import Torch

/// Prediction-based self-refinement (AddSR, PSR): from the second step on the networks look at
/// `weight · prediction + (1 - weight) · low quality` in place of the low-quality picture.
public struct PredictionRefinement: SamplingHook {
  private let picture_BCHW: Tensor
  private let weight: Double
  private let decode: (Tensor) throws -> Tensor
  private let renew: (Tensor) throws -> Void

  /// A refinement of what the networks look at.
  /// - Parameters:
  ///   - picture_BCHW: The enlarged low-quality picture, 0…1.
  ///   - weight: 0 changes nothing, and costs nothing; 1 replaces the picture by the prediction.
  ///   - decode: From a clean latent to its picture.
  ///   - renew: Given the next picture to look at, 0…1.
  /// - Throws: `RestorationError` for a weight outside of 0…1.
  public init(
    of picture_BCHW: Tensor, weight: Double, decode: @escaping (Tensor) throws -> Tensor,
    renew: @escaping (Tensor) throws -> Void
  ) throws(RestorationError) {
    guard (0...1).contains(weight) else {
      throw RestorationError(
        .argument, "self-refinement with a weight of \(weight): it goes from 0 (low quality) to 1 (prediction)")
    }
    self.picture_BCHW = picture_BCHW
    self.weight = weight
    self.decode = decode
    self.renew = renew
  }

  /// Mixes the prediction into the picture.
  public func refine(predictedClean clean_BCHW: Tensor, afterStep index: Int) throws {
    guard weight > 0 else { return }
    let predicted_BCHW = try decode(clean_BCHW).clamped(min: 0, max: 1)
    try renew(picture_BCHW.to(.float32).lerp(to: predicted_BCHW, weight: weight))
  }
}
