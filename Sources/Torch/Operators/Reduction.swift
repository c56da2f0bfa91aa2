// Sums, means and extremes, over all elements or over some axes.

private let sumAll = Operator("aten::sum")
private let sumAxes = Operator("aten::sum", "dim_IntList")
private let meanAll = Operator("aten::mean")
private let meanAxes = Operator("aten::mean", "dim")
private let varianceAxes = Operator("aten::var", "correction")
private let standardDeviationAxes = Operator("aten::std", "correction")
private let amaxAxes = Operator("aten::amax")
private let aminAxes = Operator("aten::amin")
private let argmaxAxis = Operator("aten::argmax")
private let cumprodAxis = Operator("aten::cumprod")
private let cumsumAxis = Operator("aten::cumsum")
private let normAxes = Operator("aten::linalg_vector_norm")

extension Tensor {
  /// The sum of all elements, a tensor without axes.
  public func sum() throws(TorchError) -> Tensor { try sumAll(.tensor(self)) }

  /// Sums over axes.
  public func sum(_ axes: [Int], keepingAxes: Bool = false) throws(TorchError) -> Tensor {
    try sumAxes(.tensor(self), .ints(axes), .bool(keepingAxes))
  }

  /// The mean of all elements, a tensor without axes.
  public func mean() throws(TorchError) -> Tensor { try meanAll(.tensor(self)) }

  /// Means over axes.
  public func mean(_ axes: [Int], keepingAxes: Bool = false) throws(TorchError) -> Tensor {
    try meanAxes(.tensor(self), .ints(axes), .bool(keepingAxes))
  }

  /// Variances over axes: sums of squared deviations divided by n - `correction`.
  public func variance(_ axes: [Int], correction: Int = 1, keepingAxes: Bool = false) throws(TorchError) -> Tensor {
    try varianceAxes(.tensor(self), .ints(axes), .int(correction), .bool(keepingAxes))
  }

  /// Square roots of the variances over axes.
  public func standardDeviation(_ axes: [Int], correction: Int = 1, keepingAxes: Bool = false) throws(TorchError)
    -> Tensor
  {
    try standardDeviationAxes(.tensor(self), .ints(axes), .int(correction), .bool(keepingAxes))
  }

  /// The largest elements over axes; over all when none is named.
  public func maximum(over axes: [Int] = [], keepingAxes: Bool = false) throws(TorchError) -> Tensor {
    try amaxAxes(.tensor(self), .ints(axes), .bool(keepingAxes))
  }

  /// The smallest elements over axes; over all when none is named.
  public func minimum(over axes: [Int] = [], keepingAxes: Bool = false) throws(TorchError) -> Tensor {
    try aminAxes(.tensor(self), .ints(axes), .bool(keepingAxes))
  }

  /// The int64 position of the largest element along an axis.
  public func argmax(_ axis: Int) throws(TorchError) -> Tensor { try argmaxAxis(.tensor(self), .int(axis)) }

  /// Products of all elements up to each one along an axis.
  public func cumulativeProduct(_ axis: Int) throws(TorchError) -> Tensor { try cumprodAxis(.tensor(self), .int(axis)) }

  /// Sums of all elements up to each one along an axis.
  public func cumulativeSum(_ axis: Int) throws(TorchError) -> Tensor { try cumsumAxis(.tensor(self), .int(axis)) }

  /// The Euclidean length over all elements.
  public func norm() throws(TorchError) -> Tensor { try normAxes(.tensor(self)) }
}
