// Storages and tensors.

extension PickleMachine {
  /// The value of a persistent id: `("storage", type, key, location, elements)`, and in old files a sixth part that says
  /// which part of the storage is meant: `(key, offset, elements)`.
  mutating func persistent(_ id: PickleValue) throws(CheckpointFlaw) -> PickleValue {
    let parts = heap.elements(id) ?? []
    switch parts.first.flatMap(heap.text) {
    case "storage": break
    // A class and its source text, which old files keep beside it.
    case "module" where parts.count > 1: return parts[1]
    default: return try heap.makeOpaque("a persistent object")
    }
    guard parts.count >= 5, let key = storageKey(parts[2]), case .integer(let count) = parts[4] else {
      throw cursor.flaw("a storage without its type, key or size")
    }
    guard case .global(let name) = parts[1], case .storage(let type) = heap.globals[name].meaning else {
      let name = if case .global(let id) = parts[1] { heap.globals[id].fullName } else { heap.describe(parts[1]) }
      return try heap.makeOpaque(name, holdsTensors: true)
    }
    let whole = try range(from: 0, count, of: type)
    var part = whole
    if parts.count > 5, let view = heap.elements(parts[5]), view.count == 3 {
      guard case .integer(let offset) = view[1], case .integer(let viewCount) = view[2] else {
        throw cursor.flaw("a part of a storage without its place")
      }
      part = try range(from: offset, viewCount, of: type)
      guard part.upperBound <= whole.upperBound else {
        throw cursor.flaw("a part of storage \(key.quoted) that reaches over its end")
      }
    }
    return try heap.makeStorage(StorageReference(type: type, key: key, byteCount: whole.count, part: part))
  }

  /// Keys are texts, numbers in some writers.
  private func storageKey(_ value: PickleValue) -> String? {
    if case .integer(let number) = value { return String(number) }
    return heap.text(value)
  }

  private func range(from offset: Int, _ count: Int, of type: TorchType) throws(CheckpointFlaw) -> Range<Int> {
    guard offset >= 0, count >= 0, case let (end, overflow) = offset.addingReportingOverflow(count), !overflow,
      case let (bytes, tooMany) = end.multipliedReportingOverflow(by: type.byteCount), !tooMany
    else { throw cursor.flaw("a storage of \(count) elements from element \(offset)") }
    return offset * type.byteCount..<bytes
  }

  /// What `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)` and its kin describe.
  func layout(_ given: [PickleValue], of function: PickleGlobal.Meaning) -> Result<
    TensorReference.Layout, CheckpointFlaw
  > {
    func wrong(_ message: String) -> Result<TensorReference.Layout, CheckpointFlaw> {
      .failure(CheckpointFlaw(.malformed, message))
    }
    guard given.count >= 4 else { return wrong("has \(given.count) of the arguments that a tensor needs") }
    guard case .storage(let id) = given[0] else {
      let message = "depends on \(heap.describe(given[0]))"
      if case .opaque = given[0] { return .failure(CheckpointFlaw(.unsupported, message)) }
      return wrong(message + " in the place of a storage")
    }
    guard case .integer(let offset) = given[1] else {
      return wrong("begins at \(heap.describe(given[1])) of its storage")
    }
    guard let shape = sizes(given[2]), let strides = sizes(given[3]) else {
      return wrong("has sizes or strides that are no list of at most \(limits.rank) whole numbers")
    }
    var type = heap.storages[id].type
    if case .rebuildTensorV3 = function {
      guard given.count > 6, case .global(let name) = given[6],
        case .elementType(let named) = heap.globals[name].meaning
      else {
        let name = given.count > 6 ? heap.describe(given[6]) : "nothing"
        return .failure(CheckpointFlaw(.unsupported, "has the element type \(name), which Burnish does not know"))
      }
      type = named
    }
    return .success(
      TensorReference.Layout(
        storage: heap.storages[id], type: type, offset: offset, shape: shape, strides: strides))
  }

  /// Whole numbers of a list or tuple; nil for anything else, and for more than a tensor has axes.
  func sizes(_ value: PickleValue) -> [Int]? {
    guard let elements = heap.elements(value), elements.count <= limits.rank else { return nil }
    var sizes: [Int] = []
    for element in elements {
      guard case .integer(let size) = element else { return nil }
      sizes.append(size)
    }
    return sizes
  }

  /// `_rebuild_parameter(tensor, requires_grad, hooks)`: the tensor; nil for something that is made of none.
  mutating func parameter(_ given: [PickleValue]) throws(CheckpointFlaw) -> PickleValue? {
    guard let first = given.first else { return nil }
    switch first {
    case .tensor: return first
    default:
      let flaw = CheckpointFlaw(.unsupported, "depends on \(heap.describe(first))")
      return try heap.makeTensor(TensorReference(layout: .failure(flaw)))
    }
  }
}
