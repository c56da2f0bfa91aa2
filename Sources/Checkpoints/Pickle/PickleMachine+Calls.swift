// What stands in the place of calls: the few that are understood are answered here, by hand.

extension PickleMachine {
  /// The value of a function's call, or of a class's with its arguments.
  mutating func call(_ function: PickleValue, _ arguments: PickleValue) throws(CheckpointFlaw) -> PickleValue {
    let given = heap.elements(arguments) ?? []
    if case .global(let id) = function, let meaning = heap.globals[id].meaning,
      let value = try understood(meaning, given)
    {
      return value
    }
    return try opaque(function, given)
  }

  /// The value of a call of a listed name; nil when its arguments are not those that the name takes.
  private mutating func understood(
    _ function: PickleGlobal.Meaning, _ given: [PickleValue]
  ) throws(CheckpointFlaw) -> PickleValue? {
    switch function {
    case .dictionary: return try dictionary(given)
    case .list: return given.isEmpty ? try heap.makeList() : collection(given)
    case .tuple: return given.isEmpty ? try heap.makeTuple([]) : collection(given)
    case .encode, .bytes: return try encoded(given)
    case .device: return given.first ?? PickleValue.none
    case .rebuildTensor, .rebuildTensorV2, .rebuildTensorV3:
      return try heap.makeTensor(TensorReference(layout: layout(given, of: function)))
    case .rebuildParameter: return try parameter(given)
    case .rebuildFromType:
      // (function, type, arguments, state); the function must not be this one again.
      guard given.count >= 3, case .global(let inner) = given[0], let meaning = heap.globals[inner].meaning else {
        return nil
      }
      if case .rebuildFromType = meaning { return nil }
      return try understood(meaning, heap.elements(given[2]) ?? [])
    case .numpyScalar, .numpyReconstruct, .numpyFromBuffer, .numpyType: return try numpy(function, given)
    case .module: return try heap.makeModule()
    case .storage, .elementType: return nil
    }
  }

  /// `set([…])`: the elements that are there already.
  private func collection(_ given: [PickleValue]) -> PickleValue? {
    given.first.flatMap { heap.elements($0) == nil ? nil : $0 }
  }

  /// Gives a value its state.
  mutating func build(_ value: PickleValue, _ state: PickleValue) throws(CheckpointFlaw) {
    switch value {
    case .opaque(let id): try note([state], in: id)
    case .numpyType(let id):
      // (version, byte order, …)
      if let parts = heap.elements(state), parts.count > 1, heap.text(parts[1]) == ">" {
        heap.numpyTypes[id].isLittleEndian = false
      }
    case .array(let id): heap.arrays[id].contents = try contents(state: heap.elements(state) ?? [])
    case .dictionary(let id) where heap.isModule(value): try heap.addAttributes(state, to: id)
    // A dictionary's attributes, such as a state_dict's versions, are no weights.
    default: break
    }
  }

  private mutating func opaque(_ function: PickleValue, _ given: [PickleValue]) throws(CheckpointFlaw) -> PickleValue {
    let name =
      switch function {
      case .global(let id): heap.globals[id].fullName
      case .opaque(let id): heap.opaques[id].className
      default: heap.describe(function)
      }
    try heap.charge(given.count)
    var holdsTensors = false
    for part in given where try heap.holdsTensors(part) { holdsTensors = true }
    return try heap.makeOpaque(name, holdsTensors: holdsTensors)
  }

  /// `OrderedDict()`, `OrderedDict([(key, value), …])`, `defaultdict(list)`.
  private mutating func dictionary(_ given: [PickleValue]) throws(CheckpointFlaw) -> PickleValue {
    var entries: [PickleHeap.Entry] = []
    for argument in given {
      if case .dictionary(let id) = argument {
        try heap.charge(heap.dictionaries[id].count)
        entries += heap.dictionaries[id]
      }
      guard let pairs = heap.elements(argument) else { continue }
      try heap.charge(pairs.count)
      for pair in pairs {
        guard let parts = heap.elements(pair), parts.count == 2 else {
          throw cursor.flaw("an OrderedDict of something else than pairs")
        }
        entries.append((parts[0], parts[1]))
      }
    }
    return try heap.makeDictionary(entries)
  }

  /// `encode("…", "latin1")`, `bytes()`, `bytearray(b"…")`; nil for other arguments.
  private mutating func encoded(_ given: [PickleValue]) throws(CheckpointFlaw) -> PickleValue? {
    switch given.first {
    case nil: return try heap.makeBytes(.owned([]))
    case .bytes(let id): return .bytes(id)
    case .text(let id):
      guard given.count == 2, let coding = heap.text(given[1]), ["latin1", "latin-1"].contains(coding) else {
        return nil
      }
      let scalars = heap.texts[id].unicodeScalars
      try heap.charge(heap.texts[id].utf8.count)
      var bytes: [UInt8] = []
      for scalar in scalars {
        guard let byte = UInt8(exactly: scalar.value) else { return nil }
        bytes.append(byte)
      }
      return try heap.makeBytes(.owned(bytes))
    default: return nil
    }
  }
}
