/// A value of a pickle. What has parts lies in a ``PickleHeap`` and is a number here: values may hold themselves, and
/// nesting of any depth is then neither a leak nor a deep recursion when it is let go.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  /// A whole number beyond 64 bits.
  case hugeInteger(PickleBytes.ID)
  case text(Int)
  case bytes(PickleBytes.ID)
  /// A list or a set.
  case list(Int)
  /// A tuple, a frozen set or a `torch.Size`.
  case tuple(Int)
  case dictionary(Int)
  /// A class or function, by name.
  case global(Int)
  /// Something of another class: its name is known, and nothing else was made of it.
  case opaque(Int)
  case storage(Int)
  case tensor(Int)
  case numpyType(Int)
  case array(Int)
}

/// Bytes of a pickle: where they stand in the file, or a copy where the file has them in another spelling.
enum PickleBytes {
  typealias ID = Int
  case file(Range<Int>)
  case owned([UInt8])

  var count: Int {
    switch self {
    case .file(let range): range.count
    case .owned(let bytes): bytes.count
    }
  }
}

/// A value of a class that Burnish does not make.
struct PickleOpaque {
  /// `module.class`.
  let className: String
  /// True when tensors went into it: leaving it out would leave out weights.
  var holdsTensors: Bool
}
