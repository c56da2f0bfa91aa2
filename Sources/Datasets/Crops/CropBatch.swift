public import Degradation
public import Torch

/// High-quality crops and what a recipe made of them: plain values that may cross threads.
public struct CropBatch: Sendable {
  /// Which batch this is, from 0.
  public let step: Int
  /// Crops as they are, RGB in 0 … 1.
  public let highQuality: [PlanarImage]
  /// The same crops degraded, `scale` times smaller.
  public let lowQuality: [PlanarImage]
  /// What is on the picture of each, in words; empty where nobody said.
  public let captions: [String]
  /// What was drawn for each; without effect on crops of pictures that have a partner.
  public let draws: [DegradationDraw]

  /// The crops as a float32 BCHW tensor on the CPU, in 0 … 1.
  /// - Throws: `TorchError` when memory is short.
  public func highQualityTensor() throws -> Tensor { try PlanarImage.tensor(highQuality) }

  /// The degraded crops as a float32 BCHW tensor on the CPU, in 0 … 1.
  /// - Throws: `TorchError` when memory is short.
  public func lowQualityTensor() throws -> Tensor { try PlanarImage.tensor(lowQuality) }
}
