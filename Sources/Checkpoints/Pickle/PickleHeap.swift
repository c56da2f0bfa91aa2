/// Everything with parts that a pickle made.
struct PickleHeap {
  typealias Entry = (key: PickleValue, value: PickleValue)

  private(set) var texts: [String] = []
  private(set) var bytes: [PickleBytes] = []
  var sequences: [[PickleValue]] = []
  var dictionaries: [[Entry]] = []
  private(set) var globals: [PickleGlobal] = []
  var opaques: [PickleOpaque] = []
  private(set) var storages: [StorageReference] = []
  private(set) var tensors: [TensorReference] = []
  var numpyTypes: [NumpyType] = []
  var arrays: [NumpyArray] = []

  /// Which of ``dictionaries`` are modules.
  private var modules: Set<Int> = []

  private let limits: PickleLimits
  private var valuesLeft: Int
  private var workLeft: Int

  init(limits: PickleLimits) {
    self.limits = limits
    valuesLeft = limits.values
    workLeft = limits.work
  }

  /// Counts work that the length of the file does not bound.
  mutating func charge(_ amount: Int) throws(CheckpointFlaw) {
    guard amount <= workLeft else {
      throw CheckpointFlaw(
        .malformed,
        "its pickle asks for more than \(limits.work) steps, far beyond any checkpoint; do not trust this file")
    }
    workLeft -= amount
  }

  mutating func makeText(_ text: String) throws(CheckpointFlaw) -> PickleValue { .text(try add(text, to: \.texts)) }

  mutating func makeBytes(_ value: PickleBytes) throws(CheckpointFlaw) -> PickleValue {
    .bytes(try add(value, to: \.bytes))
  }

  mutating func makeHugeInteger(_ value: PickleBytes) throws(CheckpointFlaw) -> PickleValue {
    .hugeInteger(try add(value, to: \.bytes))
  }

  mutating func makeList(_ elements: [PickleValue] = []) throws(CheckpointFlaw) -> PickleValue {
    .list(try add(elements, to: \.sequences))
  }

  mutating func makeTuple(_ elements: [PickleValue]) throws(CheckpointFlaw) -> PickleValue {
    .tuple(try add(elements, to: \.sequences))
  }

  mutating func makeDictionary(_ entries: [Entry] = []) throws(CheckpointFlaw) -> PickleValue {
    .dictionary(try add(entries, to: \.dictionaries))
  }

  /// A module of a TorchScript program, as a dictionary of its attributes, which come later.
  mutating func makeModule() throws(CheckpointFlaw) -> PickleValue {
    let id = try add([], to: \.dictionaries)
    modules.insert(id)
    return .dictionary(id)
  }

  /// Gives a module its attributes. What is no dictionary, because the module packs its state itself, goes under one name.
  mutating func addAttributes(_ state: PickleValue, to module: Int) throws(CheckpointFlaw) {
    guard case .dictionary(let id) = state else {
      dictionaries[module].append((try makeText("state"), state))
      return
    }
    try charge(dictionaries[id].count)
    dictionaries[module] += dictionaries[id]
  }

  mutating func makeGlobal(module: String, name: String) throws(CheckpointFlaw) -> PickleValue {
    guard module.utf8.count + name.utf8.count <= limits.name else {
      throw CheckpointFlaw(.malformed, "its pickle names a class in more than \(limits.name) bytes")
    }
    return .global(try add(PickleGlobal(module: module, name: name), to: \.globals))
  }

  mutating func makeOpaque(_ className: String, holdsTensors: Bool = false) throws(CheckpointFlaw) -> PickleValue {
    .opaque(try add(PickleOpaque(className: className, holdsTensors: holdsTensors), to: \.opaques))
  }

  mutating func makeStorage(_ storage: StorageReference) throws(CheckpointFlaw) -> PickleValue {
    .storage(try add(storage, to: \.storages))
  }

  mutating func makeTensor(_ tensor: TensorReference) throws(CheckpointFlaw) -> PickleValue {
    .tensor(try add(tensor, to: \.tensors))
  }

  mutating func makeNumpyType(_ type: NumpyType) throws(CheckpointFlaw) -> PickleValue {
    .numpyType(try add(type, to: \.numpyTypes))
  }

  mutating func makeArray(_ array: NumpyArray) throws(CheckpointFlaw) -> PickleValue {
    .array(try add(array, to: \.arrays))
  }

  private mutating func add<Element>(
    _ element: Element, to list: WritableKeyPath<PickleHeap, [Element]>
  ) throws(CheckpointFlaw) -> Int {
    guard valuesLeft > 0 else {
      throw CheckpointFlaw(
        .malformed,
        "its pickle makes more than \(limits.values) values, far beyond any checkpoint; do not trust this file")
    }
    valuesLeft -= 1
    self[keyPath: list].append(element)
    return self[keyPath: list].count - 1
  }
}

/// Questions about values.
extension PickleHeap {
  /// The text of a value; nil for anything else.
  func text(_ value: PickleValue) -> String? {
    if case .text(let id) = value { return texts[id] }
    return nil
  }

  /// True for a module of a TorchScript program.
  func isModule(_ value: PickleValue) -> Bool {
    if case .dictionary(let id) = value { return modules.contains(id) }
    return false
  }

  /// The elements of a list or tuple; nil for anything else.
  func elements(_ value: PickleValue) -> [PickleValue]? {
    switch value {
    case .list(let id), .tuple(let id): sequences[id]
    default: nil
    }
  }

  /// What a value is called in messages.
  func describe(_ value: PickleValue) -> String {
    switch value {
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): "the number \(value)"
    case .number(let value): "the number \(value)"
    case .hugeInteger: "a number beyond 64 bits"
    case .text(let id): "the text \(texts[id].quoted)"
    case .bytes: "bytes"
    case .list: "a list"
    case .tuple: "a tuple"
    case .dictionary: "a dictionary"
    case .global(let id): "the name \(globals[id].fullName.quoted)"
    case .opaque(let id): "an object of \(opaques[id].className.quoted), which Burnish does not make"
    case .storage: "a storage"
    case .tensor: "a tensor"
    case .numpyType: "a numpy type"
    case .array: "a numpy array"
    }
  }

  /// True for tensors, and for anything that has some within three layers: a module's own attributes.
  mutating func holdsTensors(_ value: PickleValue, depth: Int = 3) throws(CheckpointFlaw) -> Bool {
    switch value {
    case .storage, .tensor: return true
    case .opaque(let id): return opaques[id].holdsTensors
    case .list(let id), .tuple(let id):
      let elements = sequences[id]
      guard depth > 0 else { return false }
      try charge(elements.count)
      for element in elements where try holdsTensors(element, depth: depth - 1) { return true }
    case .dictionary(let id):
      let entries = dictionaries[id]
      guard depth > 0 else { return false }
      try charge(entries.count)
      for entry in entries where try holdsTensors(entry.value, depth: depth - 1) { return true }
    default: break
    }
    return false
  }
}
