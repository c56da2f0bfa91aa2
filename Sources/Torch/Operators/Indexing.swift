// Parts of tensors.

private let narrowOperator = Operator("aten::narrow")
private let selectOperator = Operator("aten::select", "int")
private let sliceOperator = Operator("aten::slice", "Tensor")
private let indexSelectOperator = Operator("aten::index_select")
private let indexCopyOperator = Operator("aten::index_copy")
private let gatherOperator = Operator("aten::gather")
private let embeddingOperator = Operator("aten::embedding")
private let sortOperator = Operator("aten::sort")
private let topKOperator = Operator("aten::topk")
private let trilOperator = Operator("aten::tril")
private let triuOperator = Operator("aten::triu")

extension Tensor {
  /// A view of `length` elements from `start` along an axis.
  public func narrowed(_ axis: Int, from start: Int, length: Int) throws(TorchError) -> Tensor {
    try narrowOperator(.tensor(self), .int(axis), .int(start), .int(length))
  }

  /// A view of one element of an axis, which is left out; negative counts from the end.
  public func selected(_ axis: Int, _ index: Int) throws(TorchError) -> Tensor {
    try selectOperator(.tensor(self), .int(axis), .int(index))
  }

  /// A view of every `step`-th element of a range along an axis; negative bounds count from the end, nil is the end.
  public func sliced(_ axis: Int, from start: Int? = nil, to end: Int? = nil, step: Int = 1) throws(TorchError)
    -> Tensor
  {
    try sliceOperator(.tensor(self), .int(axis), .int(start), .int(end), .int(step))
  }

  /// Elements of an axis at int64 positions.
  public func indexSelected(_ axis: Int, _ index: Tensor) throws(TorchError) -> Tensor {
    try indexSelectOperator(.tensor(self), .int(axis), .tensor(index))
  }

  /// A copy in which the rows (first axis) at int64 positions are others.
  public func replacingRows(_ index: Tensor, with rows: Tensor) throws(TorchError) -> Tensor {
    try indexCopyOperator(.tensor(self), .int(0), .tensor(index), .tensor(rows))
  }

  /// For each int64 position of `index` (same rank) the element there along an axis.
  public func gathered(_ axis: Int, _ index: Tensor) throws(TorchError) -> Tensor {
    try gatherOperator(.tensor(self), .int(axis), .tensor(index))
  }

  /// Rows of this `[V, D]` table at int64 positions.
  public func embedded(_ indices: Tensor) throws(TorchError) -> Tensor {
    try embeddingOperator(.tensor(self), .tensor(indices))
  }

  /// Elements in order along an axis, and where they stood.
  public func sorted(_ axis: Int = -1, descending: Bool = false) throws(TorchError) -> (values: Tensor, indices: Tensor)
  {
    try pair(sortOperator.call([.tensor(self), .int(axis), .bool(descending)]), of: sortOperator)
  }

  /// The `count` largest elements along an axis, and where they stood.
  public func largest(_ count: Int, axis: Int = -1) throws(TorchError) -> (values: Tensor, indices: Tensor) {
    try pair(topKOperator.call([.tensor(self), .int(count), .int(axis)]), of: topKOperator)
  }

  /// The lower triangle; elsewhere zero.
  public func lowerTriangle(_ diagonal: Int = 0) throws(TorchError) -> Tensor {
    try trilOperator(.tensor(self), .int(diagonal))
  }

  /// The upper triangle; elsewhere zero.
  public func upperTriangle(_ diagonal: Int = 0) throws(TorchError) -> Tensor {
    try triuOperator(.tensor(self), .int(diagonal))
  }
}

private func pair(_ results: [Tensor], of op: Operator) throws(TorchError) -> (Tensor, Tensor) {
  guard results.count == 2 else { throw TorchError(.operation, "\(op.name) answered \(results.count) tensors, not 2") }
  return (results[0], results[1])
}
