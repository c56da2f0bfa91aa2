// Activation functions.

private let siluOperator = Operator("aten::silu")
private let siluInPlaceOperator = Operator("aten::silu_")
private let geluOperator = Operator("aten::gelu")
private let geluInPlaceOperator = Operator("aten::gelu_")
private let reluOperator = Operator("aten::relu")
private let leakyReluOperator = Operator("aten::leaky_relu")
private let sigmoidOperator = Operator("aten::sigmoid")
private let softplusOperator = Operator("aten::softplus")
private let softmaxOperator = Operator("aten::softmax", "int")
private let softmaxOutOperator = Operator("aten::_softmax", "out")
private let logSoftmaxOperator = Operator("aten::log_softmax", "int")
private let dropoutOperator = Operator("aten::dropout")

extension Tensor {
  /// `x sigmoid(x)`.
  public func silu() throws(TorchError) -> Tensor { try siluOperator(.tensor(self)) }

  /// `x sigmoid(x)` in this tensor's own memory.
  public func siluInPlace() throws(TorchError) { try siluInPlaceOperator(.tensor(self)) }

  /// The Gaussian error linear unit, exact or by its tanh approximation.
  public func gelu(approximate: Bool = false) throws(TorchError) -> Tensor {
    try geluOperator(.tensor(self), .string(approximate ? "tanh" : "none"))
  }

  /// The exact Gaussian error linear unit in this tensor's own memory.
  public func geluInPlace() throws(TorchError) { try geluInPlaceOperator(.tensor(self)) }

  /// The larger of each element and zero.
  public func relu() throws(TorchError) -> Tensor { try reluOperator(.tensor(self)) }

  /// Elements, those below zero times `slope`.
  public func leakyRelu(_ slope: Double) throws(TorchError) -> Tensor {
    try leakyReluOperator(.tensor(self), .double(slope))
  }

  /// `1 / (1 + e^-x)`.
  public func sigmoid() throws(TorchError) -> Tensor { try sigmoidOperator(.tensor(self)) }

  /// `log(1 + e^x)`.
  public func softplus() throws(TorchError) -> Tensor { try softplusOperator(.tensor(self)) }

  /// Exponentials divided by their sum along an axis.
  public func softmax(_ axis: Int) throws(TorchError) -> Tensor { try softmaxOperator(.tensor(self), .int(axis)) }

  /// Exponentials divided by their sum along an axis, in this tensor's own memory.
  public func softmaxInPlace(_ axis: Int) throws(TorchError) {
    try softmaxOutOperator(.tensor(self), .int(axis), .bool(false), .tensor(self))
  }

  /// Logarithm of the softmax along an axis.
  public func logSoftmax(_ axis: Int) throws(TorchError) -> Tensor { try logSoftmaxOperator(.tensor(self), .int(axis)) }

  /// In training, elements set to zero with a probability and the others scaled up; unchanged otherwise. It draws from
  /// libtorch's global generator, which no ``Generator`` seeds.
  public func dropout(_ probability: Double, training: Bool) throws(TorchError) -> Tensor {
    try dropoutOperator(.tensor(self), .double(probability), .bool(training))
  }
}
