// Numbers and arrays of numpy, as checkpoints of trainers hold them: best scores, means, random states.

extension PickleMachine {
  /// The value of one of numpy's functions; nil when the arguments are not those that numpy writes.
  mutating func numpy(_ function: PickleGlobal.Meaning, _ given: [PickleValue]) throws(CheckpointFlaw) -> PickleValue? {
    switch function {
    case .numpyType:
      guard let code = given.first.flatMap(heap.text), code.utf8.count <= limits.name else { return nil }
      return try heap.makeNumpyType(NumpyType(code: code))
    case .numpyScalar:
      guard given.count >= 2, case .numpyType(let id) = given[0], case .bytes(let bytes) = given[1] else { return nil }
      return scalar(heap.numpyTypes[id], heap.bytes[bytes])
    // (class, (0,), b"b"): BUILD brings all that matters.
    case .numpyReconstruct: return try heap.makeArray(NumpyArray())
    case .numpyFromBuffer:
      // (bytes, type, shape, order)
      guard given.count >= 4 else { return nil }
      let isFortran = heap.text(given[3]) == "F"
      return try heap.makeArray(NumpyArray(contents: contents(given[0], given[1], given[2], isFortran: isFortran)))
    default: return nil
    }
  }

  /// What the state `(version, shape, type, is Fortran's order, bytes)` says; nil for arrays that no tensor can hold.
  func contents(state: [PickleValue]) throws(CheckpointFlaw) -> NumpyArray.Contents? {
    guard state.count >= 5, case .bool(let isFortran) = state[3] else { return nil }
    return contents(state[4], state[2], state[1], isFortran: isFortran)
  }

  private func contents(
    _ bytes: PickleValue, _ type: PickleValue, _ shape: PickleValue, isFortran: Bool
  ) -> NumpyArray.Contents? {
    guard case .bytes(let id) = bytes, case .numpyType(let typeID) = type, let shape = sizes(shape),
      let type = heap.numpyTypes[typeID].torchType, let strides = Self.strides(shape, isFortran: isFortran)
    else { return nil }
    return NumpyArray.Contents(type: type, shape: shape, strides: strides, bytes: heap.bytes[id])
  }

  /// Distances between neighbours in an array without gaps; nil when 64 bits cannot count the elements.
  private static func strides(_ shape: [Int], isFortran: Bool) -> [Int]? {
    var strides: [Int] = []
    var product = 1
    for size in isFortran ? shape : shape.reversed() {
      strides.append(product)
      let (next, overflow) = product.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow else { return nil }
      product = next
    }
    return isFortran ? strides : strides.reversed()
  }

  private func scalar(_ type: NumpyType, _ bytes: PickleBytes) -> PickleValue? {
    let raw: [UInt8] =
      switch bytes {
      case .file(let range): Array(cursor.bytes(range).prefix(8))
      case .owned(let owned): Array(owned.prefix(8))
      }
    guard let torchType = type.torchType, raw.count == torchType.byteCount, bytes.count == raw.count else { return nil }
    var bits: UInt64 = 0
    for byte in raw.reversed() { bits = bits << 8 | UInt64(byte) }
    switch torchType {
    case .float64: return .number(Double(bitPattern: bits))
    case .float32: return .number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
    case .int64: return .integer(Int(Int64(bitPattern: bits)))
    case .int32: return .integer(Int(Int32(truncatingIfNeeded: bits)))
    case .int16: return .integer(Int(Int16(truncatingIfNeeded: bits)))
    case .int8: return .integer(Int(Int8(truncatingIfNeeded: bits)))
    case .uint8, .uint16, .uint32: return .integer(Int(bits))
    case .bool: return .bool(bits != 0)
    default: return nil
    }
  }
}
