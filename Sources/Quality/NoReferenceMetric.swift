public import Torch

/// A number for how good a picture looks by itself.
public protocol NoReferenceMetric {
  /// What it is called in tables, variant included.
  var name: String { get }
  /// Whether more is better.
  var higherIsBetter: Bool { get }

  /// Measures a batch.
  /// - Parameter image_BCHW: RGB: uint8 in 0 … 255, or a float type in 0 … 1.
  /// - Returns: A number for each picture.
  /// - Throws: `QualityError` when the metric cannot take these pictures; `TorchError` from libtorch.
  func score(_ image_BCHW: Tensor) throws -> [Double]
}
