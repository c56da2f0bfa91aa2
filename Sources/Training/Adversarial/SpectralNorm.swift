public import Torch

/// Weights divided by their largest singular value, so that a discriminator's answer cannot grow without bound (Miyato et
/// al. 2018, "Spectral normalization for generative adversarial networks").
public enum SpectralNorm {
  /// The rounds of power iteration: each one begins from the same vector, so that nothing has to be kept between steps.
  public static let rounds = 8

  /// A weight divided by its largest singular value as a matrix `[out, all else]`. The singular vectors are constants to the
  /// gradient, the value is not.
  /// - Parameter weight: In any floating-point type.
  /// - Returns: In the weight's own type and sizes.
  public static func normalised(_ weight: Tensor) throws(TorchError) -> Tensor {
    let matrix_ON = try weight.to(.float32).flattened(from: 1)
    let (left_1O, right_N1) = try withoutGradient { () throws(TorchError) in try vectors(of: matrix_ON) }
    let value_11 = try left_1O.matmul(matrix_ON).matmul(right_N1)
    return try (matrix_ON / value_11).reshaped(weight.shape).to(weight.dtype)
  }

  private static func vectors(of matrix_ON: Tensor) throws(TorchError) -> (left_1O: Tensor, right_N1: Tensor) {
    var left_1O = try Tensor.ones([1, matrix_ON.size(0)], device: matrix_ON.device)
    var right_N1 = try left_1O.matmul(matrix_ON).transposed(0, 1)
    for _ in 0..<rounds {
      right_N1 = try unit(left_1O.matmul(matrix_ON).transposed(0, 1))
      left_1O = try unit(matrix_ON.matmul(right_N1).transposed(0, 1))
    }
    return (left_1O, right_N1)
  }

  private static func unit(_ vector: Tensor) throws(TorchError) -> Tensor { try vector / (vector.norm() + 1e-12) }
}
