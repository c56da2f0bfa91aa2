/// The tensors of a PyTorch file, checked: what ``TorchFile`` offers, before libtorch comes into play.
struct TorchContents {
  /// The tensors by key.
  private(set) var views: [String: TensorView] = [:]
  /// Texts and numbers that were saved beside the weights.
  let remarks: [String: String]

  /// Prefixes of wrappers around a model: DataParallel's and torch.compile's.
  private static let wrapperPrefixes = ["module.", "_orig_mod."]

  /// Reads a file.
  /// - Parameters:
  ///   - file: All bytes of the file.
  ///   - choice: Which of its dictionaries is meant.
  ///   - keepsPrefixes: True to leave the names of wrappers in the keys.
  ///   - limits: How much its pickle may make.
  /// - Throws: `CheckpointFlaw`: what is wrong, and what to do about it.
  init(
    _ file: UnsafeRawBufferPointer, _ choice: StateChoice = .automatic, keepsPrefixes: Bool = false,
    limits: PickleLimits = PickleLimits()
  ) throws(CheckpointFlaw) {
    try self.init(TorchPickle(file, limits: limits), choice, keepsPrefixes: keepsPrefixes)
  }

  /// The tensors of a pickle that was read.
  init(_ pickle: TorchPickle, _ choice: StateChoice, keepsPrefixes: Bool) throws(CheckpointFlaw) {
    let state = try StateDictionary(pickle.root, pickle.heap, choice)
    remarks = StateDictionary.remarks(pickle.root, pickle.heap)
    let prefix = keepsPrefixes ? "" : Self.prefix(of: state.tensors.keys)
    for (key, value) in state.tensors {
      do {
        views[String(key.dropFirst(prefix.count))] = try Self.view(of: value, in: pickle)
      } catch {
        throw CheckpointFlaw(error.code, "tensor \(key.quoted) \(error.message)")
      }
    }
  }

  /// The wrappers' prefixes that all keys begin with.
  private static func prefix(of keys: some Collection<String>) -> String {
    var prefix = ""
    while let next = wrapperPrefixes.first(where: { next in
      keys.allSatisfy { $0.hasPrefix(prefix + next) && $0.count > (prefix + next).count }
    }) {
      prefix += next
    }
    return prefix
  }

  private static func view(of value: PickleValue, in pickle: TorchPickle) throws(CheckpointFlaw) -> TensorView {
    if case .array(let id) = value { return try view(of: pickle.heap.arrays[id]) }
    guard case .tensor(let id) = value else { throw CheckpointFlaw(.malformed, "is no tensor") }
    let layout = try pickle.heap.tensors[id].layout.get()
    let storage = layout.storage
    guard let range = pickle.storages[storage.key] else {
      throw CheckpointFlaw(.malformed, "lies in storage \(storage.key.quoted), which the file does not hold")
    }
    guard storage.byteCount <= range.count else {
      throw CheckpointFlaw(
        .malformed,
        "lies in storage \(storage.key.quoted) of \(storage.byteCount) bytes, of which the file holds \(range.count)")
    }
    let part = range.lowerBound + storage.part.lowerBound..<range.lowerBound + storage.part.upperBound
    return try TensorView(
      layout.type, shape: layout.shape, strides: layout.strides, offset: layout.offset, source: .file(part))
  }

  private static func view(of array: NumpyArray) throws(CheckpointFlaw) -> TensorView {
    guard let contents = array.contents else {
      throw CheckpointFlaw(
        .unsupported, "is a numpy array of a kind that no tensor can hold (texts, objects, or big-endian numbers)")
    }
    let source: TensorView.Source =
      switch contents.bytes {
      case .file(let range): .file(range)
      case .owned(let bytes): .owned(bytes)
      }
    return try TensorView(contents.type, shape: contents.shape, strides: contents.strides, offset: 0, source: source)
  }
}
