internal import Torch

/// What metrics need of matrices, in float64.
extension Tensor {
  /// The sample covariance (divided by n - 1) of the columns of `[samples, features]`.
  func covariance() throws(TorchError) -> Tensor {
    let centred = try self - mean([0], keepingAxes: true)
    return try centred.transposed(0, 1).matmul(centred) / Double(size(0) - 1)
  }

  /// The pseudo-inverse of this symmetric matrix times a vector. Directions whose eigenvalue is below 1e-15 of the largest
  /// count as absent, numpy's bound for `pinv`.
  func solvingSymmetric(_ vector_D: Tensor) throws(TorchError) -> Tensor {
    let (values, vectors) = try symmetricEigen()
    let bound = try values.abs().maximum().item() * 1e-15
    let inverse = try values.reciprocal().maskedFill(values.abs().lessOrEqual(bound), 0)
    let coordinates = try vectors.transposed(0, 1).matmul(vector_D)
    return try vectors.matmul(inverse * coordinates)
  }

  /// The symmetric square root of this positive semidefinite matrix; negative eigenvalues, which only rounding makes, are 0.
  func symmetricRoot() throws(TorchError) -> Tensor {
    let (values, vectors) = try symmetricEigen()
    return try (vectors * values.clamped(min: 0).sqrt()).matmul(vectors.transposed(0, 1))
  }
}
