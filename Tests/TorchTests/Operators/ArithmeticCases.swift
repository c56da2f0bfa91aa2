import Torch

extension OperatorCase {
  static let arithmetic: [OperatorCase] = [
    OperatorCase("add.Tensor") { try $0[0] + $0[1] },
    OperatorCase("add.Tensor:broadcast") { try $0[0] + $0[1] },
    OperatorCase("add.Scalar") { try $0[0] + 1.5 },
    OperatorCase("add.Scalar:left") { try 1.5 + $0[0] },
    OperatorCase("sub.Tensor") { try $0[0] - $0[1] },
    OperatorCase("sub.Scalar") { try $0[0] - 0.75 },
    OperatorCase("rsub.Scalar") { try 0.75 - $0[0] },
    OperatorCase("mul.Tensor") { try $0[0] * $0[1] },
    OperatorCase("mul.Scalar") { try $0[0] * -2.5 },
    OperatorCase("mul.Scalar:left") { try -2.5 * $0[0] },
    OperatorCase("div.Tensor") { try $0[0] / $0[1] },
    OperatorCase("div.Scalar") { try $0[0] / 3 },
    OperatorCase("remainder.Scalar") { try $0[0].remainder(0.7) },
    OperatorCase("remainder.Scalar:negative") { try $0[0].remainder(-0.7) },
    OperatorCase("maximum") { try $0[0].maximum($0[1]) },
    OperatorCase("minimum") { try $0[0].minimum($0[1]) },
    OperatorCase("atan2") { try $0[0].atan2($0[1]) },
    OperatorCase("lerp.Scalar") { try $0[0].lerp(to: $0[1], weight: 0.3) },
    OperatorCase("addcmul") { try $0[0].addingProduct($0[1], $0[2], value: 0.5) },
    OperatorCase("addcmul:one") { try $0[0].addingProduct($0[1], $0[2]) },
    OperatorCase(inPlace: "add_.Tensor") { try $0.add(inPlace: $1[1]) },
    OperatorCase(inPlace: "add_.Tensor:scaled") { try $0.add(inPlace: $1[1], scale: -0.25) },
    OperatorCase(inPlace: "mul_.Tensor") { try $0.multiply(inPlace: $1[1]) },
    OperatorCase(inPlace: "mul_.Scalar") { copy, _ in try copy.multiply(inPlace: 0.9) },
    OperatorCase(inPlace: "lerp_.Scalar") { try $0.lerp(inPlace: $1[1], weight: 0.1) },
    OperatorCase(inPlace: "copy_") { try $0.copy(inPlace: $1[1]) },
    OperatorCase(inPlace: "copy_:converting") { try $0.copy(inPlace: $1[1]) },
    OperatorCase(inPlace: "zero_") { copy, _ in try copy.zeroInPlace() },
  ]

  static let linearAlgebra: [OperatorCase] = [
    OperatorCase("matmul") { try $0[0].matmul($0[1]) },
    OperatorCase("matmul:batch") { try $0[0].matmul($0[1]) },
    OperatorCase("linear") { try $0[0].linear($0[1], bias: $0[2]) },
    OperatorCase("linear:plain") { try $0[0].linear($0[1]) },
    OperatorCase("linear:bfloat16") { try $0[0].linear($0[1], bias: $0[2]) },
    OperatorCase("addmm") { try $0[0].addingMatmul($0[1], $0[2]) },
    OperatorCase("bmm") { try $0[0].batchMatmul($0[1]) },
    OperatorCase("outer") { try $0[0].outer($0[1]) },
    OperatorCase(several: "linalg_eigh") { inputs in
      let (values, vectors) = try (inputs[0] + inputs[0].transposed(0, 1)).symmetricEigen()
      return [values, try vectors * vectors]
    },
  ]

  static let loss: [OperatorCase] = [
    OperatorCase("mse_loss") { try $0[0].meanSquaredError($0[1]) },
    OperatorCase("l1_loss") { try $0[0].meanAbsoluteError($0[1]) },
    OperatorCase("huber_loss") { try $0[0].huberLoss($0[1]) },
    OperatorCase("huber_loss:delta") { try $0[0].huberLoss($0[1], delta: 0.3) },
    OperatorCase("binary_cross_entropy_with_logits") { try $0[0].binaryCrossEntropy(logitsTo: $0[1]) },
  ]
}
