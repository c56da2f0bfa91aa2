// Products and eigenvalues of matrices.

private let matmulOperator = Operator("aten::matmul")
private let linearOperator = Operator("aten::linear")
private let addmmOperator = Operator("aten::addmm")
private let bmmOperator = Operator("aten::bmm")
private let outerOperator = Operator("aten::outer")
private let eighOperator = Operator("aten::linalg_eigh")

extension Tensor {
  /// Matrix product over the last two axes, with broadcasting of the others.
  public func matmul(_ other: Tensor) throws(TorchError) -> Tensor { try matmulOperator(.tensor(self), .tensor(other)) }

  /// `x Wᵀ + b`: `[…, in]` with weight `[out, in]` to `[…, out]`.
  public func linear(_ weight: Tensor, bias: Tensor? = nil) throws(TorchError) -> Tensor {
    try linearOperator(.tensor(self), .tensor(weight), .optional(bias))
  }

  /// `self + a b` of matrices.
  public func addingMatmul(_ a: Tensor, _ b: Tensor) throws(TorchError) -> Tensor {
    try addmmOperator(.tensor(self), .tensor(a), .tensor(b))
  }

  /// Matrix product of each pair in a batch.
  public func batchMatmul(_ other: Tensor) throws(TorchError) -> Tensor {
    try bmmOperator(.tensor(self), .tensor(other))
  }

  /// All products of the elements of two vectors.
  public func outer(_ other: Tensor) throws(TorchError) -> Tensor { try outerOperator(.tensor(self), .tensor(other)) }

  /// The eigenvalues of a symmetric matrix, least first, and its eigenvectors as columns. The sign of a vector is not
  /// determined.
  public func symmetricEigen() throws(TorchError) -> (values: Tensor, vectors: Tensor) {
    let results = try eighOperator.call([.tensor(self)])
    guard results.count == 2 else {
      throw TorchError(.operation, "\(eighOperator.name) answered \(results.count) tensors, not 2")
    }
    return (results[0], results[1])
  }
}
