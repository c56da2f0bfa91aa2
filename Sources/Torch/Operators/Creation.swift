// New tensors.

private let emptyOperator = Operator("aten::empty", "memory_format")
private let zerosOperator = Operator("aten::zeros")
private let onesOperator = Operator("aten::ones")
private let fullOperator = Operator("aten::full")
private let arangeOperator = Operator("aten::arange", "start_step")
private let linspaceOperator = Operator("aten::linspace")
private let eyeOperator = Operator("aten::eye")
private let zerosLikeOperator = Operator("aten::zeros_like")
private let onesLikeOperator = Operator("aten::ones_like")
private let randnOperator = Operator("aten::randn", "generator")
private let randOperator = Operator("aten::rand", "generator")
private let randintOperator = Operator("aten::randint", "low_generator")
private let randpermOperator = Operator("aten::randperm", "generator")
private let poissonOperator = Operator("aten::poisson")

extension Tensor {
  /// Memory without defined contents; on the `meta` device, no memory at all.
  public static func empty(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws(TorchError) -> Tensor
  {
    try emptyOperator(.ints(shape), .dtype(dtype), .none, .device(device))
  }

  /// Zeros.
  public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws(TorchError) -> Tensor
  {
    try zerosOperator(.ints(shape), .dtype(dtype), .none, .device(device))
  }

  /// Ones.
  public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws(TorchError) -> Tensor {
    try onesOperator(.ints(shape), .dtype(dtype), .none, .device(device))
  }

  /// One number everywhere.
  public static func full(_ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu)
    throws(TorchError) -> Tensor
  {
    try fullOperator(.ints(shape), .double(value), .dtype(dtype), .none, .device(device))
  }

  /// `start`, `start + step`, … below `end`.
  public static func arange(
    _ start: Double, _ end: Double, step: Double = 1, dtype: DType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try arangeOperator(.double(start), .double(end), .double(step), .dtype(dtype), .none, .device(device))
  }

  /// `count` numbers evenly from `start` to `end`, both included.
  public static func linspace(
    _ start: Double, _ end: Double, count: Int, dtype: DType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try linspaceOperator(.double(start), .double(end), .int(count), .dtype(dtype), .none, .device(device))
  }

  /// The unit matrix.
  public static func identity(_ size: Int, dtype: DType = .float32, device: Device = .cpu) throws(TorchError) -> Tensor
  {
    try eyeOperator(.int(size), .dtype(dtype), .none, .device(device))
  }

  /// Zeros of this shape, type and device.
  public func zerosLike() throws(TorchError) -> Tensor { try zerosLikeOperator(.tensor(self)) }

  /// Ones of this shape, type and device.
  public func onesLike() throws(TorchError) -> Tensor { try onesLikeOperator(.tensor(self)) }

  /// Draws of the standard normal distribution, on the generator's device.
  public static func randn(
    _ shape: [Int], generator: Generator?, dtype: DType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try randnOperator(.ints(shape), .generator(generator), .dtype(dtype), .none, .device(device))
  }

  /// Even draws from 0 (included) to 1 (excluded).
  public static func rand(
    _ shape: [Int], generator: Generator?, dtype: DType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try randOperator(.ints(shape), .generator(generator), .dtype(dtype), .none, .device(device))
  }

  /// Even draws of whole numbers from `low` (included) to `high` (excluded), int64.
  public static func randint(
    _ low: Int, _ high: Int, _ shape: [Int], generator: Generator?, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try randintOperator(
      .int(low), .int(high), .ints(shape), .generator(generator), .dtype(.int64), .none, .device(device))
  }

  /// The numbers 0 … count-1 in random order, int64.
  public static func randomPermutation(_ count: Int, generator: Generator?, device: Device = .cpu) throws(TorchError)
    -> Tensor
  {
    try randpermOperator(.int(count), .generator(generator), .dtype(.int64), .none, .device(device))
  }

  /// Draws of Poisson distributions with these means.
  public func poisson(generator: Generator?) throws(TorchError) -> Tensor {
    try poissonOperator(.tensor(self), .generator(generator))
  }
}
