internal import CTorch

/// One argument of an operator, as its schema orders them.
public enum OperatorArgument {
  /// The default that the schema states.
  case `default`
  case none
  case tensor(Tensor)
  case optional(Tensor?)
  case int(Int)
  case double(Double)
  case bool(Bool)
  case string(String)
  case ints([Int])
  case doubles([Double])
  case bools([Bool])
  case tensors([Tensor])
  case optionals([Tensor?])
  case dtype(DType)
  case device(Device)
  case generator(Generator?)

  /// An optional number: `none` when nil.
  public static func int(_ value: Int?) -> OperatorArgument { value.map { .int($0) } ?? .none }
  /// An optional type: `none` when nil.
  public static func dtype(_ value: DType?) -> OperatorArgument { value.map { .dtype($0) } ?? .none }
}

/// An ATen operator, found once by its schema name and called through the dispatcher.
///
/// Every operator that libtorch has is one line away:
/// `let erfinv = Operator("aten::erfinv")`, then `try erfinv(.tensor(x))`.
public final class Operator: Sendable {
  private struct Handle: @unchecked Sendable {
    let pointer: ctorch_operator
  }

  /// The schema's name, `aten::add`.
  public let name: String
  private let lookup: Result<Handle, TorchError>

  /// Looks an operator up. A name that does not exist is reported by the first call.
  /// - Parameters:
  ///   - name: The schema's name with its namespace.
  ///   - overload: The overload's name, empty where there is only one.
  public init(_ name: String, _ overload: String = "") {
    self.name = overload.isEmpty ? name : name + "." + overload
    var pointer: ctorch_operator?
    let status = ctorch_operator_find(name, overload, &pointer)
    if status == CTORCH_OK, let pointer {
      lookup = .success(Handle(pointer: pointer))
    } else {
      lookup = .failure(TorchError(.operation, "looking up \(self.name): \(String(cString: ctorch_last_error()))"))
    }
  }

  /// The schema as libtorch prints it.
  /// - Throws: `TorchError` when there is no such operator.
  public func schema() throws(TorchError) -> String {
    var text: UnsafePointer<CChar>?
    try TorchError.check(
      ctorch_operator_schema(try lookup.get().pointer, &text), doing: "reading the schema of \(name)")
    return text.map { String(cString: $0) } ?? ""
  }

  /// Calls an operator that answers one tensor.
  /// - Parameter arguments: In the schema's order; missing trailing ones take the schema's defaults.
  /// - Returns: The first result.
  /// - Throws: `TorchError` with libtorch's message.
  @discardableResult
  public func callAsFunction(_ arguments: OperatorArgument...) throws(TorchError) -> Tensor {
    let results = try call(arguments, capacity: 8)
    guard let first = results.first else { throw TorchError(.operation, "\(name) answered no tensor") }
    return first
  }

  /// Calls an operator that answers several tensors or a list of them.
  /// - Parameters:
  ///   - arguments: In the schema's order; missing trailing ones take the schema's defaults.
  ///   - capacity: The largest number of tensors expected.
  /// - Returns: All results in order.
  /// - Throws: `TorchError` with libtorch's message, or when there are more results than `capacity`.
  @discardableResult
  public func call(_ arguments: [OperatorArgument], capacity: Int = 8) throws(TorchError) -> [Tensor] {
    let handle = try lookup.get().pointer
    let pack = ArgumentPack(arguments)
    var results = [ctorch_tensor?](repeating: nil, count: capacity)
    var count = 0
    let status = withExtendedLifetime((pack, arguments)) {
      ctorch_operator_call(handle, pack.values, pack.values.count, &results, capacity, &count)
    }
    try TorchError.check(status, doing: describeCall(arguments))
    let tensors = results.prefix(min(count, capacity)).compactMap { $0.map { Tensor(adopting: $0) } }
    guard count <= capacity else {
      throw TorchError(.argument, "\(name) answered \(count) tensors, expected at most \(capacity)")
    }
    return tensors
  }

  private func describeCall(_ arguments: [OperatorArgument]) -> String {
    let shapes = arguments.compactMap { argument -> String? in
      switch argument {
      case .tensor(let tensor), .optional(let tensor?): "\(tensor.dtype)\(tensor.shape)"
      default: nil
      }
    }
    return "\(name)(\(shapes.joined(separator: ", ")))"
  }
}

/// Arguments in the door's form, with the memory that they point to.
private final class ArgumentPack {
  var values: [ctorch_argument] = []
  private var releases: [() -> Void] = []

  init(_ arguments: [OperatorArgument]) {
    values.reserveCapacity(arguments.count)
    for argument in arguments { values.append(convert(argument)) }
  }

  deinit { for release in releases { release() } }

  private func convert(_ argument: OperatorArgument) -> ctorch_argument {
    var out = ctorch_argument()
    switch argument {
    case .default:
      out.kind = CTORCH_DEFAULT
    case .none:
      out.kind = CTORCH_NONE
    case .tensor(let tensor), .optional(let tensor?):
      out.kind = CTORCH_TENSOR
      out.value.tensor = tensor.handle
    case .optional(nil), .generator(nil):
      out.kind = CTORCH_NONE
    case .int(let value):
      out.kind = CTORCH_INT
      out.value.integer = Int64(value)
    case .double(let value):
      out.kind = CTORCH_DOUBLE
      out.value.real = value
    case .bool(let value):
      out.kind = CTORCH_BOOL
      out.value.integer = value ? 1 : 0
    case .dtype(let value):
      out.kind = CTORCH_DTYPE
      out.value.integer = value.rawValue
    case .string(let text):
      out.kind = CTORCH_STRING
      out.value.string = keep(text)
    case .device(let device):
      out.kind = CTORCH_DEVICE
      out.value.string = keep(device.name)
    case .ints(let list):
      out.kind = CTORCH_INT_LIST
      out.count = Int64(list.count)
      out.value.integers = keep(list.map { Int64($0) })
    case .doubles(let list):
      out.kind = CTORCH_DOUBLE_LIST
      out.count = Int64(list.count)
      out.value.reals = keep(list)
    case .bools(let list):
      out.kind = CTORCH_BOOL_LIST
      out.count = Int64(list.count)
      out.value.bools = keep(list.map { UInt8($0 ? 1 : 0) })
    case .tensors(let list):
      out.kind = CTORCH_TENSOR_LIST
      out.count = Int64(list.count)
      out.value.tensors = keep(list.map { Optional($0.handle) })
    case .optionals(let list):
      out.kind = CTORCH_TENSOR_LIST
      out.count = Int64(list.count)
      out.value.tensors = keep(list.map { $0?.handle })
    case .generator(let generator?):
      out.kind = CTORCH_GENERATOR
      out.value.generator = generator.handle
    }
    return out
  }

  private func keep<Element>(_ list: [Element]) -> UnsafePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(list.count, 1))
    memory.initialize(from: list, count: list.count)
    releases.append {
      memory.deinitialize(count: list.count)
      memory.deallocate()
    }
    return UnsafePointer(memory)
  }

  private func keep(_ text: String) -> UnsafePointer<CChar> { keep(Array(text.utf8CString)) }
}
