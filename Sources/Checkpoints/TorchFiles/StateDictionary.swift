/// Finds the weights in a saved object, and gives each its key.
struct StateDictionary {
  /// Tensors and numpy arrays by key.
  private(set) var tensors: [String: PickleValue] = [:]
  /// What was chosen: `state_dict`; empty for the whole object.
  private(set) var chosen: [String] = []

  /// Names under which people save weights, the most wanted first.
  private static let knownNames = ["params_ema", "model_ema", "state_dict_ema", "state_dict", "model", "params"]
  /// Dictionaries within dictionaries. No known checkpoint goes beyond 4.
  private static let greatestDepth = 16
  /// Values that are looked at. The largest known checkpoints have some 10,000 tensors.
  private static let greatestCount = 1_000_000

  private let heap: PickleHeap
  private var visits = 0

  /// Finds the weights.
  /// - Parameters:
  ///   - root: The object that was saved.
  ///   - heap: Its parts.
  ///   - choice: Which dictionary is meant.
  /// - Throws: `CheckpointFlaw` when there are no tensors, or it is not clear which are meant.
  init(_ root: PickleValue, _ heap: PickleHeap, _ choice: StateChoice) throws(CheckpointFlaw) {
    self.heap = heap
    var value = root
    switch choice {
    case .whole: break
    case .entry(let path):
      for name in path.split(separator: "/").map(String.init) { value = try entry(name, of: value) }
    // A program is one network, whatever its parts are called.
    case .automatic where heap.isModule(root): break
    case .automatic:
      while let next = try choose(in: value) {
        chosen.append(next.name)
        value = next.value
        guard chosen.count <= Self.greatestDepth else { throw Self.tooDeep(chosen.joined(separator: ".")) }
      }
    }
    try flatten(value, key: "", depth: 0)
    guard !tensors.isEmpty else { throw noTensors(in: value) }
  }

  /// The texts and numbers beside the weights, such as `global_step` and `epoch`.
  static func remarks(_ root: PickleValue, _ heap: PickleHeap) -> [String: String] {
    guard case .dictionary(let id) = root else { return [:] }
    var remarks: [String: String] = [:]
    for (key, value) in heap.dictionaries[id].prefix(10_000) {
      guard let key = heap.text(key), key.utf8.count <= 200, remarks.count < 1000 else { continue }
      remarks[key] =
        switch value {
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .text(let id) where heap.texts[id].utf8.count <= 1000: heap.texts[id]
        default: nil
        }
    }
    return remarks
  }

  // MARK: Choosing

  private func named(_ value: PickleValue) -> [(name: String, value: PickleValue)] {
    guard case .dictionary(let id) = value else { return [] }
    return heap.dictionaries[id].compactMap { key, value in heap.text(key).map { ($0, value) } }
  }

  private func entry(_ name: String, of value: PickleValue) throws(CheckpointFlaw) -> PickleValue {
    let entries = named(value)
    guard let found = entries.last(where: { $0.name == name }) else {
      throw CheckpointFlaw(.mismatch, "it has no entry \(name.quoted); there are \(Self.list(entries.map(\.name)))")
    }
    return found.value
  }

  /// The next dictionary on the way to the weights; nil when they are here.
  private mutating func choose(in value: PickleValue) throws(CheckpointFlaw) -> (name: String, value: PickleValue)? {
    let entries = named(value)
    var candidates: [(name: String, value: PickleValue)] = []
    for entry in entries where !entry.name.hasPrefix("optimizer") {
      var seen: Set<Int> = []
      if isCollection(entry.value), try holdsTensors(entry.value, depth: 4, seen: &seen) { candidates.append(entry) }
    }
    for name in Self.knownNames {
      if let known = candidates.last(where: { $0.name == name }) { return known }
    }
    if entries.contains(where: { isTensor($0.value) }) { return nil }
    guard candidates.count > 1 else { return candidates.first }
    throw CheckpointFlaw(
      .mismatch,
      "it holds several sets of weights, \(Self.list(candidates.map(\.name))); say which one is meant (`--state NAME`)")
  }

  private func isTensor(_ value: PickleValue) -> Bool {
    switch value {
    case .tensor, .array: true
    default: false
    }
  }

  private func isCollection(_ value: PickleValue) -> Bool {
    switch value {
    case .dictionary, .list, .tuple: true
    default: false
    }
  }

  /// Each collection is entered once, since hostile ones hold themselves, or one another a million times.
  private mutating func holdsTensors(
    _ value: PickleValue, depth: Int, seen: inout Set<Int>
  ) throws(CheckpointFlaw) -> Bool {
    try visit()
    switch value {
    case .tensor, .array: return true
    case .opaque(let id): return heap.opaques[id].holdsTensors
    case .dictionary(let id) where depth > 0 && seen.insert(id).inserted:
      for entry in heap.dictionaries[id] where try holdsTensors(entry.value, depth: depth - 1, seen: &seen) {
        return true
      }
    // Apart from the numbers of dictionaries.
    case .list(let id) where depth > 0 && seen.insert(-1 - id).inserted,
      .tuple(let id) where depth > 0 && seen.insert(-1 - id).inserted:
      for element in heap.sequences[id] where try holdsTensors(element, depth: depth - 1, seen: &seen) { return true }
    default: break
    }
    return false
  }

  // MARK: Flattening

  private mutating func flatten(_ value: PickleValue, key: String, depth: Int) throws(CheckpointFlaw) {
    guard depth <= Self.greatestDepth else { throw Self.tooDeep(key) }
    try visit()
    switch value {
    case .tensor, .array: try add(value, key: key.isEmpty ? "tensor" : key)
    case .dictionary(let id):
      // Of a key that is set twice, the last value counts; keys that are no names lead to no weights.
      var last: [String: Int] = [:]
      for (index, entry) in heap.dictionaries[id].enumerated() {
        try visit()
        if let name = name(entry.key) { last[name] = index }
      }
      for (name, index) in last {
        let inner = key.isEmpty ? name : key + "." + name
        try flatten(heap.dictionaries[id][index].value, key: inner, depth: depth + 1)
      }
    case .list(let id), .tuple(let id):
      for (index, element) in heap.sequences[id].enumerated() {
        try flatten(element, key: key.isEmpty ? String(index) : "\(key).\(index)", depth: depth + 1)
      }
    case .opaque(let id) where heap.opaques[id].holdsTensors:
      throw CheckpointFlaw(
        .unsupported,
        "\(key.isEmpty ? "it" : "its entry \(key.quoted)") is an object of the class \(heap.opaques[id].className.quoted) "
          + "with tensors inside, and Burnish runs no code of a file; save its state_dict instead")
    default: break
    }
  }

  private func name(_ key: PickleValue) -> String? {
    if case .integer(let number) = key { return String(number) }
    return heap.text(key)
  }

  private mutating func add(_ value: PickleValue, key: String) throws(CheckpointFlaw) {
    guard key.utf8.count <= 1000 else {
      throw CheckpointFlaw(.malformed, "a tensor's name has \(key.utf8.count) bytes: \(key.quoted)")
    }
    guard tensors.updateValue(value, forKey: key) == nil else {
      throw CheckpointFlaw(.malformed, "two of its tensors come to the key \(key.quoted)")
    }
  }

  private mutating func visit() throws(CheckpointFlaw) {
    visits += 1
    guard visits <= Self.greatestCount else {
      throw CheckpointFlaw(.malformed, "it holds more than \(Self.greatestCount) values, far beyond any checkpoint")
    }
  }

  private static func tooDeep(_ key: String) -> CheckpointFlaw {
    CheckpointFlaw(.malformed, "its entry \(key.quoted) is nested more than \(greatestDepth) deep")
  }

  private func noTensors(in value: PickleValue) -> CheckpointFlaw {
    let what =
      switch value {
      case .opaque: heap.describe(value)
      case .dictionary where named(value).isEmpty: "an empty dictionary"
      case .dictionary: "a dictionary of \(Self.list(named(value).map(\.name)))"
      default: heap.describe(value)
      }
    return CheckpointFlaw(.mismatch, "it holds no tensors: it is \(what)")
  }

  private static func list(_ names: [String]) -> String {
    let sorted = names.sorted()
    return sorted.prefix(8).map { $0.quoted }.joined(separator: ", ")
      + (sorted.count > 8 ? ", … (\(sorted.count) in all)" : "")
  }
}
