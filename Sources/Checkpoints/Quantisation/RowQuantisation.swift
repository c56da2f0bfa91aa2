public import Torch

/// A matrix as whole numbers of eight bits with a scale for each row: half the memory of bfloat16.
///
/// `W[o, i] ≈ s[o] · q[o, i]` with `q` in -127…127, symmetric around zero, and `s[o]` the row's largest magnitude over
/// 127: each number is off by at most half a scale. Rows are a linear layer's outputs, which therefore need not share the
/// scale of the loudest one.
public enum RowQuantisation {
  /// What a checkpoint calls the scales, beside `weight`.
  public static let scaleName = "weight_scale"

  /// The whole numbers of a matrix, and their scales.
  ///
  /// Scales are rounded to bfloat16 before the numbers are: a layer that computes in bfloat16 then has the very scales that
  /// the numbers were made for.
  /// - Parameter weight: `[out, in]`, floating-point.
  /// - Returns: int8 `[out, in]` and float32 `[out]`.
  /// - Throws: `TorchError` for another rank, and for weights that are not finite.
  public static func quantised(_ weight: Tensor) throws(TorchError) -> (numbers: Tensor, scale: Tensor) {
    guard weight.rank == 2, weight.count > 0, weight.dtype.isFloatingPoint else {
      throw TorchError(
        .argument, "\(weight) was to be quantised by rows: that is for matrices of floating-point numbers")
    }
    let wide = try weight.to(.float32)
    let largest = try wide.abs().maximum(over: [1])
    guard try largest.isFinite().all().item() != 0 else {
      throw TorchError(.argument, "\(weight) was to be quantised by rows, but holds NaN or infinity")
    }
    let exact = try (largest / 127).to(.bfloat16).to(.float32)
    // A row of zeros has no scale of its own.
    let scale = try exact.greater(0).choose(exact, try exact.onesLike())
    let numbers = try (wide / scale.unsqueezed(1)).round().clamped(min: -127, max: 127).to(.int8)
    return (numbers, scale)
  }

  /// The matrix of whole numbers, in the type of the scales.
  /// - Parameters:
  ///   - numbers: int8 `[out, in]`.
  ///   - scale: `[out]`.
  public static func restored(_ numbers: Tensor, scale: Tensor) throws(TorchError) -> Tensor {
    // Whole numbers up to 127 are exact in every floating-point type.
    let weight = try numbers.to(scale.dtype)
    if isGradientRecorded { return try weight * scale.unsqueezed(1) }
    try weight.multiply(inPlace: try scale.unsqueezed(1))
    return weight
  }
}
