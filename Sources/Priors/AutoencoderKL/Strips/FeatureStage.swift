public import Torch

/// One stage on an autoencoder's way, which works on a whole map or on strips of it with the same answer.
public protocol FeatureStage {
  /// Works on a whole BCHW map. Gradients pass.
  func whole(_ x_BCHW: Tensor) throws(TorchError) -> Tensor

  /// Works on strips, with the same answer but for rounding. Gradients do not pass.
  /// - Parameters:
  ///   - x: The map, which is taken apart on the way: it cannot be used again.
  ///   - plan: How large strips may be.
  func strips(_ x: FeatureStrips, _ plan: StripPlan) throws(TorchError) -> FeatureStrips
}
