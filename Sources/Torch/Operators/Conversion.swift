// Types, devices, and the way between tensors and Swift arrays.

internal import CTorch

private let toOperator = Operator("aten::_to_copy")
private let nanToNumOperator = Operator("aten::nan_to_num")
private let viewDTypeOperator = Operator("aten::view", "dtype")

extension Tensor {
  /// The same numbers in another type or on another device; the same tensor when nothing changes.
  public func to(_ dtype: DType? = nil, device: Device? = nil) throws(TorchError) -> Tensor {
    if (dtype ?? self.dtype) == self.dtype && (device ?? self.device) == self.device { return self }
    return try toOperator(.tensor(self), .dtype(dtype), .none, device.map { .device($0) } ?? .none)
  }

  /// The same bytes read as another type of the same size.
  public func bitCast(_ dtype: DType) throws(TorchError) -> Tensor {
    try viewDTypeOperator(.tensor(self), .dtype(dtype))
  }

  /// A copy with NaN replaced by `value`, infinities by the type's largest numbers.
  public func replacingNaN(_ value: Double = 0) throws(TorchError) -> Tensor {
    try nanToNumOperator(.tensor(self), .double(value))
  }

  /// A tensor over a copy of an array, `float32`.
  public convenience init(_ values: [Float], _ shape: [Int]? = nil) throws(TorchError) {
    try self.init(copying: values, shape ?? [values.count], .float32)
  }

  /// A tensor over a copy of an array, `float64`.
  public convenience init(_ values: [Double], _ shape: [Int]? = nil) throws(TorchError) {
    try self.init(copying: values, shape ?? [values.count], .float64)
  }

  /// A tensor over a copy of an array, `int64`.
  public convenience init(_ values: [Int], _ shape: [Int]? = nil) throws(TorchError) {
    try self.init(copying: values.map { Int64($0) }, shape ?? [values.count], .int64)
  }

  /// A tensor over a copy of an array, `uint8`.
  public convenience init(_ values: [UInt8], _ shape: [Int]? = nil) throws(TorchError) {
    try self.init(copying: values, shape ?? [values.count], .uint8)
  }

  private convenience init<Element: BitwiseCopyable>(copying values: [Element], _ shape: [Int], _ dtype: DType)
    throws(TorchError)
  {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(values.count * dtype.byteCount, 1), alignment: 64)
    values.withUnsafeBytes { source in
      if let base = source.baseAddress { bytes.copyMemory(from: base, byteCount: source.count) }
    }
    try self.init(wrapping: bytes, byteCount: values.count * dtype.byteCount, shape, dtype) { bytes.deallocate() }
  }

  /// A CPU tensor over memory that Swift owns, without a copy.
  /// - Parameters:
  ///   - memory: The first element, aligned for the type.
  ///   - byteCount: Bytes that may be read.
  ///   - shape: Row-major sizes.
  ///   - dtype: The elements' type.
  ///   - release: Called once when the last view of the memory is gone, on whatever thread that happens; also when
  ///     this initialiser throws.
  /// - Throws: `TorchError` when the shape needs more bytes than there are.
  public convenience init(
    wrapping memory: UnsafeMutableRawPointer, byteCount: Int, _ shape: [Int], _ dtype: DType,
    release: @escaping () -> Void
  ) throws(TorchError) {
    let (count, overflow) = shape.reduce((1, false)) { total, size in
      let product = total.0.multipliedReportingOverflow(by: size)
      return (product.partialValue, total.1 || product.overflow || size < 0)
    }
    guard !overflow, count <= byteCount / dtype.byteCount else {
      release()
      throw TorchError(.argument, "wrapping \(byteCount) bytes as a \(dtype) tensor of shape \(shape): it needs more")
    }
    let box = Unmanaged.passRetained(Release(release)).toOpaque()
    var out: ctorch_tensor?
    let status = ctorch_tensor_wrap(
      memory, shape.map { Int64($0) }, shape.count, dtype.cValue,
      { context in context.map { Unmanaged<Release>.fromOpaque($0).takeRetainedValue().action() } }, box, &out)
    try TorchError.check(status, doing: "wrapping memory as a \(dtype) tensor of shape \(shape)")
    guard let out else { throw TorchError(.operation, "wrapping memory: libtorch gave no tensor") }
    self.init(adopting: out)
  }

  /// All elements in row-major order as `Float`.
  public func floats() throws(TorchError) -> [Float] { try elements(as: .float32) }

  /// All elements in row-major order as `Double`.
  public func doubles() throws(TorchError) -> [Double] { try elements(as: .float64) }

  /// All elements in row-major order as `Int`.
  public func integers() throws(TorchError) -> [Int] { (try elements(as: .int64) as [Int64]).map { Int($0) } }

  /// All elements in row-major order as `UInt8`, cut off and not rounded.
  public func bytes() throws(TorchError) -> [UInt8] { try elements(as: .uint8) }

  /// The one element of a tensor of one element.
  public func item() throws(TorchError) -> Double {
    guard count == 1 else { throw TorchError(.argument, "reading one number of a tensor of shape \(shape)") }
    return try doubles()[0]
  }

  /// Reads the elements' memory in row-major order.
  /// - Parameter body: Given the bytes, which are valid during the call only.
  /// - Returns: What `body` answers.
  /// - Throws: `TorchError` when the elements cannot be brought to the CPU.
  public func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) throws(TorchError) -> Value {
    guard DType(rawValue: ctorch_tensor_dtype(handle)) != nil else {
      throw TorchError(
        .argument, "reading a tensor of a type without a name here (\(ctorch_tensor_dtype(handle)))")
    }
    let source = try to(device: .cpu).contiguous()
    var pointer: UnsafeMutableRawPointer?
    try TorchError.check(ctorch_tensor_data(source.handle, &pointer), doing: "reading \(self)")
    return withExtendedLifetime(source) {
      body(UnsafeRawBufferPointer(start: pointer, count: pointer == nil ? 0 : source.byteCount))
    }
  }

  private func elements<Element: BitwiseCopyable>(as dtype: DType) throws(TorchError) -> [Element] {
    try detached().to(dtype).withBytes { Array($0.bindMemory(to: Element.self)) }
  }
}

/// Carries a closure through C.
private final class Release {
  let action: () -> Void
  init(_ action: @escaping () -> Void) { self.action = action }
}
