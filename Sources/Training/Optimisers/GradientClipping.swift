public import Torch

private let foreachNorm = Operator("aten::_foreach_norm", "Scalar")
private let foreachMulScalar = Operator("aten::_foreach_mul_", "Scalar")

/// Keeps the gradients of a step from growing beyond a length.
public enum GradientClipping {
  /// Shortens gradients in place so that all together they are at most `limit` long.
  /// - Returns: The length before.
  public static func clip(_ gradients: [Tensor], to limit: Double) throws(TorchError) -> Double {
    guard !gradients.isEmpty else { return 0 }
    let norms = try foreachNorm.call([.tensors(gradients), .double(2)], capacity: gradients.count)
    let length = try Tensor.stacked(norms).norm().item()
    if length > limit, length.isFinite {
      try foreachMulScalar.call([.tensors(gradients), .double(limit / length)])
    }
    return length
  }
}
