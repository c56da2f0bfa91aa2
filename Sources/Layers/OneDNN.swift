internal import Torch

private let linearPointwise = Operator("mkldnn::_linear_pointwise")
private let convolutionPointwise = Operator("mkldnn::_convolution_pointwise")
private let reorderConvolution = Operator("mkldnn::_reorder_convolution_weight")
private let toDenseOperator = Operator("aten::to_dense")

/// oneDNN's layers as libtorch's own compiler calls them, for inference on x86: the bias is added inside, and a
/// convolution's weight can stay in the order that the kernel wants instead of being put into it in every call.
///
/// Measured on one Zen 5 core against the ordinary operators: bfloat16 linear layers with a bias 1.05 to 1.3 times as
/// fast, float32 ones 2.1 times (the ordinary ones go to MKL); 3×3 convolutions of 1280 channels at 16×16 1.2 times, at
/// 8×8 4 times.
enum OneDNN {
  private static let hasOperators: Bool = {
    #if arch(x86_64)
      return [linearPointwise, convolutionPointwise, reorderConvolution].allSatisfy { (try? $0.schema()) != nil }
    #else
      return false
    #endif
  }()

  /// libtorch refuses oneDNN's bfloat16 on processors without these.
  private static let hasBFloat16 = Machine.cpuFeatures.isSuperset(of: ["avx512bw", "avx512vl", "avx512dq"])

  /// True when a layer with this weight can run here: nothing records gradients, which these operators do not have.
  static func runs(_ x: Tensor, _ weight: Tensor) -> Bool { runs(x, dtype: weight.dtype) && weight.device == .cpu }

  /// The same for a weight of a type, on the CPU.
  static func runs(_ x: Tensor, dtype: DType) -> Bool {
    hasOperators && !isGradientRecorded && x.dtype == dtype && x.device == .cpu && x.count > 0
      && (dtype == .float32 || dtype == .bfloat16 && hasBFloat16)
  }

  /// What a linear layer does to its results before they are stored.
  enum Activation {
    case none
    case tanhGELU

    fileprivate var attribute: String { self == .none ? "none" : "gelu" }
    fileprivate var algorithm: String { self == .none ? "" : "tanh" }
  }

  /// `x Wᵀ + b`, activated.
  static func linear(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, activation: Activation = .none
  ) throws(TorchError) -> Tensor {
    try linearPointwise(
      .tensor(try x.contiguous()), .tensor(weight), .optional(bias), .string(activation.attribute), .doubles([]),
      .string(activation.algorithm))
  }

  /// A convolution's weight in the kernel's own order, of use to ``convolution(_:_:bias:stride:padding:groups:)`` alone.
  ///
  /// Told of an input, libtorch first brings the weight into `channels_last` order by a slow copy, which costs nothing for
  /// 1×1 kernels alone; and of these only does oneDNN choose another order when it is not told (and runs 13 times slower).
  /// A 1280×1280×3×3 weight takes 8 ms instead of 100.
  /// - Parameter shape: Sizes of the input that is expected; others work too.
  static func packed(
    _ weight: Tensor, stride: Int, padding: Int, groups: Int, for shape: [Int]
  ) throws(TorchError) -> Tensor {
    let isPointwise = weight.shape.suffix(2) == [1, 1]
    return try reorderConvolution(
      .tensor(weight), .ints([padding, padding]), .ints([stride, stride]), .ints([1, 1]), .int(groups),
      isPointwise ? .ints(shape) : .none)
  }

  /// A packed weight in ordinary order.
  static func unpacked(_ weight: Tensor) throws(TorchError) -> Tensor { try toDenseOperator(.tensor(weight)) }

  /// A convolution by a packed weight. The result is in `channels_last` order.
  static func convolution(
    _ x_BCHW: Tensor, _ packed: Tensor, bias: Tensor?, stride: Int, padding: Int, groups: Int
  ) throws(TorchError) -> Tensor {
    try convolutionPointwise(
      .tensor(x_BCHW), .tensor(packed), .optional(bias), .ints([padding, padding]), .ints([stride, stride]),
      .ints([1, 1]), .int(groups), .string("none"), .doubles([]), .none)
  }
}
