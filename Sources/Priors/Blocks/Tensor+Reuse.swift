internal import Torch

/// Arithmetic in the memory of a result that nobody else holds: for values on their way through a block.
///
/// A recorded gradient needs the values as they were, so there each operation makes a tensor of its own.
extension Tensor {
  /// This plus `other`.
  func reusedForSum(with other: Tensor) throws(TorchError) -> Tensor {
    if isGradientRecorded || dtype != other.dtype { return try self + other }
    try add(inPlace: other)
    return self
  }

  /// This times `other`.
  func reusedForProduct(with other: Tensor) throws(TorchError) -> Tensor {
    if isGradientRecorded || dtype != other.dtype { return try self * other }
    try multiply(inPlace: other)
    return self
  }

  /// SiLU of this.
  func reusedForSilu() throws(TorchError) -> Tensor {
    if isGradientRecorded { return try silu() }
    try siluInPlace()
    return self
  }

  /// Exact GELU of this.
  func reusedForGelu() throws(TorchError) -> Tensor {
    if isGradientRecorded { return try gelu() }
    try geluInPlace()
    return self
  }
}
