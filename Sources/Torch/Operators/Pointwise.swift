// Element-by-element functions of one tensor.

private let expOperator = Operator("aten::exp")
private let logOperator = Operator("aten::log")
private let sqrtOperator = Operator("aten::sqrt")
private let rsqrtOperator = Operator("aten::rsqrt")
private let sinOperator = Operator("aten::sin")
private let cosOperator = Operator("aten::cos")
private let tanhOperator = Operator("aten::tanh")
private let absOperator = Operator("aten::abs")
private let squareOperator = Operator("aten::square")
private let reciprocalOperator = Operator("aten::reciprocal")
private let floorOperator = Operator("aten::floor")
private let ceilOperator = Operator("aten::ceil")
private let roundOperator = Operator("aten::round")
private let truncOperator = Operator("aten::trunc")
private let signOperator = Operator("aten::sign")
private let erfOperator = Operator("aten::erf")
private let expm1Operator = Operator("aten::expm1")
private let log1pOperator = Operator("aten::log1p")
private let negOperator = Operator("aten::neg")
private let clampOperator = Operator("aten::clamp")
private let powOperator = Operator("aten::pow", "Tensor_Scalar")
private let isFiniteOperator = Operator("aten::isfinite")

extension Tensor {
  /// e to the power of each element.
  public func exp() throws(TorchError) -> Tensor { try expOperator(.tensor(self)) }

  /// Natural logarithm.
  public func log() throws(TorchError) -> Tensor { try logOperator(.tensor(self)) }

  /// Square root.
  public func sqrt() throws(TorchError) -> Tensor { try sqrtOperator(.tensor(self)) }

  /// One over the square root.
  public func rsqrt() throws(TorchError) -> Tensor { try rsqrtOperator(.tensor(self)) }

  /// Sine, of radians.
  public func sin() throws(TorchError) -> Tensor { try sinOperator(.tensor(self)) }

  /// Cosine, of radians.
  public func cos() throws(TorchError) -> Tensor { try cosOperator(.tensor(self)) }

  /// Hyperbolic tangent.
  public func tanh() throws(TorchError) -> Tensor { try tanhOperator(.tensor(self)) }

  /// Absolute value.
  public func abs() throws(TorchError) -> Tensor { try absOperator(.tensor(self)) }

  /// Each element times itself.
  public func square() throws(TorchError) -> Tensor { try squareOperator(.tensor(self)) }

  /// One over each element.
  public func reciprocal() throws(TorchError) -> Tensor { try reciprocalOperator(.tensor(self)) }

  /// The whole number below.
  public func floor() throws(TorchError) -> Tensor { try floorOperator(.tensor(self)) }

  /// The whole number above.
  public func ceil() throws(TorchError) -> Tensor { try ceilOperator(.tensor(self)) }

  /// The nearest whole number, halves to the even one.
  public func round() throws(TorchError) -> Tensor { try roundOperator(.tensor(self)) }

  /// The whole number towards zero.
  public func trunc() throws(TorchError) -> Tensor { try truncOperator(.tensor(self)) }

  /// -1, 0 or 1.
  public func sign() throws(TorchError) -> Tensor { try signOperator(.tensor(self)) }

  /// The error function.
  public func erf() throws(TorchError) -> Tensor { try erfOperator(.tensor(self)) }

  /// e to the power of each element, minus one, exact near zero.
  public func expm1() throws(TorchError) -> Tensor { try expm1Operator(.tensor(self)) }

  /// Logarithm of one plus each element, exact near zero.
  public func log1p() throws(TorchError) -> Tensor { try log1pOperator(.tensor(self)) }

  /// The negative of each element.
  public static prefix func - (x: Tensor) throws(TorchError) -> Tensor { try negOperator(.tensor(x)) }

  /// Cuts elements to a range; a missing bound does not cut.
  public func clamped(min: Double? = nil, max: Double? = nil) throws(TorchError) -> Tensor {
    try clampOperator(.tensor(self), min.map { .double($0) } ?? .none, max.map { .double($0) } ?? .none)
  }

  /// Each element to the power of `exponent`.
  public func power(_ exponent: Double) throws(TorchError) -> Tensor {
    try powOperator(.tensor(self), .double(exponent))
  }

  /// True where an element is neither infinite nor NaN.
  public func isFinite() throws(TorchError) -> Tensor { try isFiniteOperator(.tensor(self)) }
}
