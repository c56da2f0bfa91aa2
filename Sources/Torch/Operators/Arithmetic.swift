// Sums, differences, products and quotients, with broadcasting.

private let addTensor = Operator("aten::add", "Tensor")
private let addScalar = Operator("aten::add", "Scalar")
private let subTensor = Operator("aten::sub", "Tensor")
private let subScalar = Operator("aten::sub", "Scalar")
private let rsubScalar = Operator("aten::rsub", "Scalar")
private let mulTensor = Operator("aten::mul", "Tensor")
private let mulScalar = Operator("aten::mul", "Scalar")
private let divTensor = Operator("aten::div", "Tensor")
private let divScalar = Operator("aten::div", "Scalar")
private let remainderScalar = Operator("aten::remainder", "Scalar")
private let maximumTensor = Operator("aten::maximum")
private let minimumTensor = Operator("aten::minimum")
private let atan2Tensor = Operator("aten::atan2")
private let lerpScalar = Operator("aten::lerp", "Scalar")
private let addcmulTensor = Operator("aten::addcmul")
private let addInPlace = Operator("aten::add_", "Tensor")
private let mulInPlace = Operator("aten::mul_", "Tensor")
private let mulScalarInPlace = Operator("aten::mul_", "Scalar")
private let lerpInPlace = Operator("aten::lerp_", "Scalar")
private let copyInPlace = Operator("aten::copy_")
private let zeroInPlace = Operator("aten::zero_")

extension Tensor {
  /// Element-by-element sum.
  public static func + (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try addTensor(.tensor(a), .tensor(b)) }
  /// Each element plus a number.
  public static func + (a: Tensor, b: Double) throws(TorchError) -> Tensor { try addScalar(.tensor(a), .double(b)) }
  /// Each element plus a number.
  public static func + (a: Double, b: Tensor) throws(TorchError) -> Tensor { try addScalar(.tensor(b), .double(a)) }
  /// Element-by-element difference.
  public static func - (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try subTensor(.tensor(a), .tensor(b)) }
  /// Each element minus a number.
  public static func - (a: Tensor, b: Double) throws(TorchError) -> Tensor { try subScalar(.tensor(a), .double(b)) }
  /// A number minus each element.
  public static func - (a: Double, b: Tensor) throws(TorchError) -> Tensor { try rsubScalar(.tensor(b), .double(a)) }
  /// Element-by-element product.
  public static func * (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try mulTensor(.tensor(a), .tensor(b)) }
  /// Each element times a number.
  public static func * (a: Tensor, b: Double) throws(TorchError) -> Tensor { try mulScalar(.tensor(a), .double(b)) }
  /// Each element times a number.
  public static func * (a: Double, b: Tensor) throws(TorchError) -> Tensor { try mulScalar(.tensor(b), .double(a)) }
  /// Element-by-element quotient.
  public static func / (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try divTensor(.tensor(a), .tensor(b)) }
  /// Each element divided by a number.
  public static func / (a: Tensor, b: Double) throws(TorchError) -> Tensor { try divScalar(.tensor(a), .double(b)) }

  /// The remainder of each element after division, with the divisor's sign.
  public func remainder(_ divisor: Double) throws(TorchError) -> Tensor {
    try remainderScalar(.tensor(self), .double(divisor))
  }

  /// The larger of two elements.
  public func maximum(_ other: Tensor) throws(TorchError) -> Tensor { try maximumTensor(.tensor(self), .tensor(other)) }

  /// The smaller of two elements.
  public func minimum(_ other: Tensor) throws(TorchError) -> Tensor { try minimumTensor(.tensor(self), .tensor(other)) }

  /// The angle of the point (x: `other`, y: `self`), in radians.
  public func atan2(_ other: Tensor) throws(TorchError) -> Tensor { try atan2Tensor(.tensor(self), .tensor(other)) }

  /// `self + weight (end - self)`.
  public func lerp(to end: Tensor, weight: Double) throws(TorchError) -> Tensor {
    try lerpScalar(.tensor(self), .tensor(end), .double(weight))
  }

  /// `self + value a b`.
  public func addingProduct(_ a: Tensor, _ b: Tensor, value: Double = 1) throws(TorchError) -> Tensor {
    try addcmulTensor(.tensor(self), .tensor(a), .tensor(b), .double(value))
  }

  /// Adds `scale other` into this tensor's memory.
  public func add(inPlace other: Tensor, scale: Double = 1) throws(TorchError) {
    try addInPlace(.tensor(self), .tensor(other), .double(scale))
  }

  /// Multiplies this tensor's memory element by element.
  public func multiply(inPlace other: Tensor) throws(TorchError) { try mulInPlace(.tensor(self), .tensor(other)) }

  /// Multiplies this tensor's memory by a number.
  public func multiply(inPlace factor: Double) throws(TorchError) {
    try mulScalarInPlace(.tensor(self), .double(factor))
  }

  /// Moves this tensor's memory a part `weight` of the way to `end`: a running average.
  public func lerp(inPlace end: Tensor, weight: Double) throws(TorchError) {
    try lerpInPlace(.tensor(self), .tensor(end), .double(weight))
  }

  /// Writes another tensor's elements into this memory, converting type and device.
  public func copy(inPlace source: Tensor) throws(TorchError) { try copyInPlace(.tensor(self), .tensor(source)) }

  /// Writes zeros into this memory.
  public func zeroInPlace() throws(TorchError) { try Torch.zeroInPlace(.tensor(self)) }
}
