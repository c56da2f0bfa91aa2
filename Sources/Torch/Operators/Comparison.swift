// Comparisons, which answer bool tensors, and choices by them.

private let eqTensor = Operator("aten::eq", "Tensor")
private let eqScalar = Operator("aten::eq", "Scalar")
private let ltTensor = Operator("aten::lt", "Tensor")
private let ltScalar = Operator("aten::lt", "Scalar")
private let leScalar = Operator("aten::le", "Scalar")
private let gtTensor = Operator("aten::gt", "Tensor")
private let gtScalar = Operator("aten::gt", "Scalar")
private let geScalar = Operator("aten::ge", "Scalar")
private let notOperator = Operator("aten::logical_not")
private let andOperator = Operator("aten::logical_and")
private let orOperator = Operator("aten::logical_or")
private let whereSelf = Operator("aten::where", "self")
private let maskedFillScalar = Operator("aten::masked_fill", "Scalar")
private let allOperator = Operator("aten::all")
private let anyOperator = Operator("aten::any")

extension Tensor {
  /// True where elements are equal.
  public func equal(_ other: Tensor) throws(TorchError) -> Tensor { try eqTensor(.tensor(self), .tensor(other)) }
  /// True where elements equal a number.
  public func equal(_ value: Double) throws(TorchError) -> Tensor { try eqScalar(.tensor(self), .double(value)) }
  /// True where elements are smaller.
  public func less(_ other: Tensor) throws(TorchError) -> Tensor { try ltTensor(.tensor(self), .tensor(other)) }
  /// True where elements are smaller than a number.
  public func less(_ value: Double) throws(TorchError) -> Tensor { try ltScalar(.tensor(self), .double(value)) }
  /// True where elements are at most a number.
  public func lessOrEqual(_ value: Double) throws(TorchError) -> Tensor { try leScalar(.tensor(self), .double(value)) }
  /// True where elements are larger.
  public func greater(_ other: Tensor) throws(TorchError) -> Tensor { try gtTensor(.tensor(self), .tensor(other)) }
  /// True where elements are larger than a number.
  public func greater(_ value: Double) throws(TorchError) -> Tensor { try gtScalar(.tensor(self), .double(value)) }
  /// True where elements are at least a number.
  public func greaterOrEqual(_ value: Double) throws(TorchError) -> Tensor {
    try geScalar(.tensor(self), .double(value))
  }
  /// True where elements are zero or false.
  public func logicalNot() throws(TorchError) -> Tensor { try notOperator(.tensor(self)) }
  /// True where both are.
  public func logicalAnd(_ other: Tensor) throws(TorchError) -> Tensor {
    try andOperator(.tensor(self), .tensor(other))
  }
  /// True where one is.
  public func logicalOr(_ other: Tensor) throws(TorchError) -> Tensor { try orOperator(.tensor(self), .tensor(other)) }

  /// Elements of `yes` where this bool tensor is true, of `no` elsewhere.
  public func choose(_ yes: Tensor, _ no: Tensor) throws(TorchError) -> Tensor {
    try whereSelf(.tensor(self), .tensor(yes), .tensor(no))
  }

  /// A copy with `value` where `mask` is true.
  public func maskedFill(_ mask: Tensor, _ value: Double) throws(TorchError) -> Tensor {
    try maskedFillScalar(.tensor(self), .tensor(mask), .double(value))
  }

  /// True when all elements are nonzero.
  public func all() throws(TorchError) -> Tensor { try allOperator(.tensor(self)) }
  /// True when some element is nonzero.
  public func any() throws(TorchError) -> Tensor { try anyOperator(.tensor(self)) }
}
