public import Torch

/// The loss of adversarial diffusion distillation that holds the student to its teacher (Sauer et al. 2023).
public enum DistillationLoss {
  /// The mean over rows of `weight · mean((made - target)²)`.
  /// - Parameters:
  ///   - made_BCHW: The student's answers.
  ///   - target_BCHW: The teacher's.
  ///   - weights: One for each row.
  /// - Returns: A scalar, float32.
  public static func value(
    _ made_BCHW: Tensor, target_BCHW: Tensor, weights: [Double]
  ) throws(TorchError) -> Tensor {
    let squares_B = try (made_BCHW.to(.float32) - target_BCHW.to(.float32)).square().mean([1, 2, 3])
    return try (squares_B * Tensor(weights.map { Float($0) }).to(device: made_BCHW.device)).mean()
  }
}
