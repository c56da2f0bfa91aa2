import Torch

extension OperatorCase {
  static let pointwise: [OperatorCase] = [
    OperatorCase("exp") { try $0[0].exp() },
    OperatorCase("log") { try $0[0].log() },
    OperatorCase("sqrt") { try $0[0].sqrt() },
    OperatorCase("rsqrt") { try $0[0].rsqrt() },
    OperatorCase("sin") { try $0[0].sin() },
    OperatorCase("cos") { try $0[0].cos() },
    OperatorCase("tanh") { try $0[0].tanh() },
    OperatorCase("abs") { try $0[0].abs() },
    OperatorCase("square") { try $0[0].square() },
    OperatorCase("reciprocal") { try $0[0].reciprocal() },
    OperatorCase("floor") { try $0[0].floor() },
    OperatorCase("ceil") { try $0[0].ceil() },
    OperatorCase("round") { try $0[0].round() },
    OperatorCase("trunc") { try $0[0].trunc() },
    OperatorCase("sign") { try $0[0].sign() },
    OperatorCase("erf") { try $0[0].erf() },
    OperatorCase("expm1") { try $0[0].expm1() },
    OperatorCase("log1p") { try $0[0].log1p() },
    OperatorCase("neg") { try -$0[0] },
    OperatorCase("clamp") { try $0[0].clamped(min: -0.5, max: 0.25) },
    OperatorCase("clamp:below") { try $0[0].clamped(min: 0.1) },
    OperatorCase("clamp:above") { try $0[0].clamped(max: 0.1) },
    OperatorCase("pow.Tensor_Scalar") { try $0[0].power(3) },
    OperatorCase("pow.Tensor_Scalar:root") { try $0[0].power(0.4) },
    OperatorCase("pow.Tensor_Scalar:negative") { try $0[0].power(-1.5) },
    OperatorCase("isfinite") { try $0[0].isFinite() },
  ]

  static let activation: [OperatorCase] = [
    OperatorCase("silu") { try $0[0].silu() },
    OperatorCase(inPlace: "silu_") { copy, _ in try copy.siluInPlace() },
    OperatorCase(inPlace: "gelu_") { copy, _ in try copy.geluInPlace() },
    OperatorCase("gelu") { try $0[0].gelu() },
    OperatorCase("gelu:tanh") { try $0[0].gelu(approximate: true) },
    OperatorCase("relu") { try $0[0].relu() },
    OperatorCase("leaky_relu") { try $0[0].leakyRelu(0.2) },
    OperatorCase("sigmoid") { try $0[0].sigmoid() },
    OperatorCase("softplus") { try $0[0].softplus() },
    OperatorCase("softmax.int") { try $0[0].softmax(1) },
    OperatorCase("softmax.int:last") { try $0[0].softmax(-1) },
    OperatorCase("softmax.int:bfloat16") { try $0[0].softmax(-1) },
    OperatorCase("_softmax.out") { try inPlaceSoftmax($0[0], axis: -1) },
    OperatorCase("_softmax.out:bfloat16") { try inPlaceSoftmax($0[0], axis: 1) },
    OperatorCase("log_softmax.int") { try $0[0].logSoftmax(-1) },
    OperatorCase("dropout") { try $0[0].dropout(0.5, training: false) },
    OperatorCase("dropout:all") { try $0[0].dropout(1, training: true) },
    OperatorCase("dropout:none") { try $0[0].dropout(0, training: true) },
  ]

  static let comparison: [OperatorCase] = [
    OperatorCase("eq.Tensor") { try $0[0].equal($0[1]) },
    OperatorCase("eq.Scalar") { try $0[0].equal(0.5) },
    OperatorCase("lt.Tensor") { try $0[0].less($0[1]) },
    OperatorCase("lt.Scalar") { try $0[0].less(0.5) },
    OperatorCase("le.Scalar") { try $0[0].lessOrEqual(0.5) },
    OperatorCase("gt.Tensor") { try $0[0].greater($0[1]) },
    OperatorCase("gt.Scalar") { try $0[0].greater(0.5) },
    OperatorCase("ge.Scalar") { try $0[0].greaterOrEqual(0.5) },
    OperatorCase("logical_not") { try $0[0].logicalNot() },
    OperatorCase("logical_and") { try $0[0].logicalAnd($0[1]) },
    OperatorCase("logical_or") { try $0[0].logicalOr($0[1]) },
    OperatorCase("where.self") { try $0[0].choose($0[1], $0[2]) },
    OperatorCase("masked_fill.Scalar") { try $0[0].maskedFill($0[1], -9) },
    OperatorCase("all") { try $0[0].all() },
    OperatorCase("all:true") { try $0[0].all() },
    OperatorCase("any") { try $0[0].any() },
    OperatorCase("any:false") { try $0[0].any() },
  ]

  static let conversion: [OperatorCase] = [
    OperatorCase("_to_copy:int32") { try $0[0].to(.int32) },
    OperatorCase("_to_copy:uint8") { try $0[0].to(.uint8) },
    OperatorCase("_to_copy:bool") { try $0[0].to(.bool) },
    OperatorCase("_to_copy:bfloat16") { try $0[0].to(.bfloat16) },
    OperatorCase("_to_copy:float16") { try $0[0].to(.float16) },
    OperatorCase("_to_copy:float64") { try $0[0].to(.float64) },
    OperatorCase("_to_copy:same") { try $0[0].to(.float32) },
    OperatorCase("nan_to_num") { try $0[0].replacingNaN() },
    OperatorCase("nan_to_num:value") { try $0[0].replacingNaN(0.5) },
    OperatorCase("view.dtype") { try $0[0].detached().bitCast(.int32) },
  ]
}

/// Results that are written into a given tensor have no gradients.
private func inPlaceSoftmax(_ x: Tensor, axis: Int) throws -> Tensor {
  let copy = try x.detached().cloned()
  try copy.softmaxInPlace(axis)
  return copy
}
