public import Torch

/// A number for how near a picture is to a reference of the same size.
public protocol FullReferenceMetric {
  /// What it is called in tables, variant included.
  var name: String { get }
  /// Whether more is better.
  var higherIsBetter: Bool { get }

  /// Measures a batch.
  /// - Parameters:
  ///   - image_BCHW: RGB: uint8 in 0 … 255, or a float type in 0 … 1.
  ///   - reference_BCHW: As many pictures, of the same size; its type may differ.
  /// - Returns: A number for each picture.
  /// - Throws: `QualityError` when the metric cannot take these pictures; `TorchError` from libtorch.
  func score(_ image_BCHW: Tensor, reference_BCHW: Tensor) throws -> [Double]
}
