// Distances between a prediction and its target, averaged over all elements.

private let meanSquaredErrorOperator = Operator("aten::mse_loss")
private let meanAbsoluteErrorOperator = Operator("aten::l1_loss")
private let huberOperator = Operator("aten::huber_loss")
private let binaryCrossEntropyOperator = Operator("aten::binary_cross_entropy_with_logits")

extension Tensor {
  /// Mean of squared differences.
  public func meanSquaredError(_ target: Tensor) throws(TorchError) -> Tensor {
    try meanSquaredErrorOperator(.tensor(self), .tensor(target))
  }

  /// Mean of absolute differences.
  public func meanAbsoluteError(_ target: Tensor) throws(TorchError) -> Tensor {
    try meanAbsoluteErrorOperator(.tensor(self), .tensor(target))
  }

  /// Half squares below `delta`, straight lines above, averaged.
  public func huberLoss(_ target: Tensor, delta: Double = 1) throws(TorchError) -> Tensor {
    // 1 is ATen's Reduction::Mean.
    try huberOperator(.tensor(self), .tensor(target), .int(1), .double(delta))
  }

  /// Cross entropy of `sigmoid(self)` against targets in 0…1, averaged.
  public func binaryCrossEntropy(logitsTo target: Tensor) throws(TorchError) -> Tensor {
    try binaryCrossEntropyOperator(.tensor(self), .tensor(target))
  }
}
