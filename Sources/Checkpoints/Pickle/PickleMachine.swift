/// Reads one pickle: Python's stack machine without its teeth.
///
/// The instructions only put values together. Where Python would import and call what a pickle names, a short list of
/// names is understood (``PickleGlobal``) and everything else becomes an inert ``PickleOpaque``: nothing in a file can
/// make this program run anything. There is no recursion, and ``PickleLimits`` bound the work.
struct PickleMachine {
  /// Everything with parts that was made.
  var heap: PickleHeap
  var cursor: PickleCursor
  let limits: PickleLimits

  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]

  /// A machine at the beginning of a pickle.
  /// - Parameters:
  ///   - file: All bytes of the file.
  ///   - range: Where the pickle may stand.
  ///   - limits: How much it may make.
  init(_ file: UnsafeRawBufferPointer, _ range: Range<Int>, limits: PickleLimits = PickleLimits()) {
    cursor = PickleCursor(file, range)
    heap = PickleHeap(limits: limits)
    self.limits = limits
  }

  /// Runs to the end of the pickle.
  /// - Returns: The value it stands for; `cursor` is behind the pickle then.
  /// - Throws: `CheckpointFlaw` when it is broken, cut short or asks for too much.
  mutating func run() throws(CheckpointFlaw) -> PickleValue {
    while true {
      try heap.charge(1)
      let byte = try cursor.byte()
      guard let opcode = PickleOpcode(rawValue: byte) else {
        throw cursor.flaw("the unknown instruction \(byte)")
      }
      if opcode == .stop { return try pop() }
      try execute(opcode)
    }
  }

  private mutating func execute(_ opcode: PickleOpcode) throws(CheckpointFlaw) {
    switch opcode {
    case .proto:
      let version = try cursor.byte()
      guard version <= 5 else {
        throw CheckpointFlaw(.unsupported, "its pickle is of protocol \(version); Burnish reads protocols 0 to 5")
      }
    case .frame: _ = try cursor.length()
    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .int, .binInt, .binInt1, .binInt2, .long, .long1, .long4, .float, .binFloat: stack.append(try number(opcode))
    case .string, .binString, .shortBinString, .unicode, .binUnicode, .shortBinUnicode, .binUnicode8:
      stack.append(try text(opcode))
    case .shortBinBytes, .binBytes, .binBytes8, .byteArray8: stack.append(try bytes(opcode))
    case .emptyList, .emptySet: stack.append(try heap.makeList())
    case .emptyTuple: stack.append(try heap.makeTuple([]))
    case .emptyDict: stack.append(try heap.makeDictionary())
    case .mark, .pop, .popMark, .dup: try arrange(opcode)
    case .list: stack.append(try heap.makeList(try popToMark()))
    case .tuple, .frozenSet: stack.append(try heap.makeTuple(try popToMark()))
    case .tuple1: stack.append(try heap.makeTuple(try pop(1)))
    case .tuple2: stack.append(try heap.makeTuple(try pop(2)))
    case .tuple3: stack.append(try heap.makeTuple(try pop(3)))
    case .dict:
      let items = try popToMark()
      stack.append(try heap.makeDictionary())
      try setItems(items)
    case .append: try append([try pop()])
    case .appends, .addItems: try append(try popToMark())
    case .setItem: try setItems(try pop(2))
    case .setItems: try setItems(try popToMark())
    case .put, .binPut, .longBinPut, .memoize, .get, .binGet, .longBinGet: try remember(opcode)
    case .global, .stackGlobal, .ext1, .ext2, .ext4: stack.append(try name(opcode))
    case .reduce, .newObj:
      let parts = try pop(2)
      stack.append(try call(parts[0], parts[1]))
    case .newObjEx:
      let parts = try pop(3)
      stack.append(try call(parts[0], parts[1]))
    case .obj, .inst: try makeOldObject(opcode)
    case .build:
      let state = try pop()
      try build(try top(), state)
    case .binPersID: stack.append(try persistent(try pop()))
    case .persID:
      _ = try cursor.line()
      stack.append(try heap.makeOpaque("a persistent object"))
    case .nextBuffer, .readOnlyBuffer:
      throw CheckpointFlaw(.unsupported, "its pickle keeps buffers outside of itself; save it anew with torch.save")
    case .stop: break
    }
  }
}

// The stack and the memo.
extension PickleMachine {
  private mutating func pop() throws(CheckpointFlaw) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw cursor.flaw("an instruction that lacks its operands")
    }
    return value
  }

  private mutating func pop(_ count: Int) throws(CheckpointFlaw) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw cursor.flaw("an instruction that lacks its operands")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(CheckpointFlaw) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw cursor.flaw("the end of a collection without its beginning") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private func top() throws(CheckpointFlaw) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else {
      throw cursor.flaw("an instruction that lacks its operands")
    }
    return value
  }

  private mutating func arrange(_ opcode: PickleOpcode) throws(CheckpointFlaw) {
    switch opcode {
    case .mark:
      guard marks.count < limits.depth else {
        throw CheckpointFlaw(.malformed, "its pickle is nested more than \(limits.depth) deep; do not trust this file")
      }
      marks.append(stack.count)
    case .dup: stack.append(try top())
    // Python takes a bare mark for an operand here.
    case .pop where stack.count > marks.last ?? 0: stack.removeLast()
    default: _ = try popToMark()
    }
  }

  private mutating func remember(_ opcode: PickleOpcode) throws(CheckpointFlaw) {
    switch opcode {
    case .put: try keep(try decimal(try cursor.line()))
    case .binPut: try keep(Int(try cursor.byte()))
    case .longBinPut: try keep(Int(try cursor.number(UInt32.self)))
    case .memoize: try keep(memo.count)
    case .get: try recall(try decimal(try cursor.line()))
    case .binGet: try recall(Int(try cursor.byte()))
    default: try recall(Int(try cursor.number(UInt32.self)))
    }
  }

  private mutating func keep(_ index: Int) throws(CheckpointFlaw) {
    guard memo.count < limits.memo else {
      throw CheckpointFlaw(
        .malformed, "its pickle keeps more than \(limits.memo) values in mind, far beyond any checkpoint")
    }
    memo[index] = try top()
  }

  private mutating func recall(_ index: Int) throws(CheckpointFlaw) {
    guard let value = memo[index] else { throw cursor.flaw("a use of value \(index), which was never kept,") }
    stack.append(value)
  }
}

// What instructions put together.
extension PickleMachine {
  private mutating func append(_ elements: [PickleValue]) throws(CheckpointFlaw) {
    switch try top() {
    case .list(let id): heap.sequences[id] += elements
    case .opaque(let id): try note(elements, in: id)
    case let other: throw cursor.flaw("elements for \(heap.describe(other)), which is no list,")
    }
  }

  private mutating func setItems(_ items: [PickleValue]) throws(CheckpointFlaw) {
    guard items.count.isMultiple(of: 2) else { throw cursor.flaw("a key without a value") }
    switch try top() {
    case .dictionary(let id):
      for index in stride(from: 0, to: items.count, by: 2) {
        heap.dictionaries[id].append((items[index], items[index + 1]))
      }
    case .opaque(let id): try note(items, in: id)
    case let other: throw cursor.flaw("items for \(heap.describe(other)), which is no dictionary,")
    }
  }

  /// What goes into a value of a foreign class is let go; that weights are among it is not.
  mutating func note(_ parts: [PickleValue], in opaque: Int) throws(CheckpointFlaw) {
    guard !heap.opaques[opaque].holdsTensors else { return }
    for part in parts where try heap.holdsTensors(part) {
      heap.opaques[opaque].holdsTensors = true
      return
    }
  }

  private mutating func name(_ opcode: PickleOpcode) throws(CheckpointFlaw) -> PickleValue {
    switch opcode {
    case .global: return try globalFromLines()
    case .stackGlobal:
      let parts = try pop(2)
      guard let module = heap.text(parts[0]), let name = heap.text(parts[1]) else {
        throw cursor.flaw("a class whose name is no text")
      }
      return try heap.makeGlobal(module: module, name: name)
    // Numbers that programs agree on; torch.save knows none.
    case .ext1: return try heap.makeOpaque("extension \(try cursor.byte())")
    case .ext2: return try heap.makeOpaque("extension \(try cursor.number(UInt16.self))")
    default: return try heap.makeOpaque("extension \(try cursor.number(UInt32.self))")
    }
  }

  private mutating func globalFromLines() throws(CheckpointFlaw) -> PickleValue {
    let module = cursor.text(try cursor.line())
    return try heap.makeGlobal(module: module, name: cursor.text(try cursor.line()))
  }

  /// Objects of Python 2's old classes.
  private mutating func makeOldObject(_ opcode: PickleOpcode) throws(CheckpointFlaw) {
    var parts: [PickleValue]
    let type: PickleValue
    if opcode == .inst {
      type = try globalFromLines()
      parts = try popToMark()
    } else {
      parts = try popToMark()
      guard !parts.isEmpty else { throw cursor.flaw("an object without a class") }
      type = parts.removeFirst()
    }
    stack.append(try call(type, try heap.makeTuple(parts)))
  }
}
