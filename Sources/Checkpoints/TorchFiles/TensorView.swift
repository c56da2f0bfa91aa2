/// A tensor's place in a file: known to lie there, whatever its sizes and strides say.
struct TensorView {
  /// Where the elements are.
  enum Source {
    /// Bytes of the file.
    case file(Range<Int>)
    /// Bytes that the pickle spelled otherwise.
    case owned([UInt8])
  }

  let type: TorchType
  /// Sizes, outermost first.
  let shape: [Int]
  /// Elements between neighbours along each axis.
  let strides: [Int]
  /// The first element, in elements from the beginning of the source.
  let offset: Int
  let source: Source
  /// Elements.
  let count: Int

  /// What a view may repeat of its storage: `expand` gives a tensor of a terabyte over four bytes.
  private static let greatestRepetition = 1 << 28

  /// Checks a view against the bytes it looks at.
  /// - Throws: `CheckpointFlaw` whose message goes on after the tensor's name.
  init(_ type: TorchType, shape: [Int], strides: [Int], offset: Int, source: Source) throws(CheckpointFlaw) {
    func wrong(_ message: String) -> CheckpointFlaw { CheckpointFlaw(.malformed, message) }
    let available =
      switch source {
      case .file(let range): range.count
      case .owned(let bytes): bytes.count
      }
    guard shape.count == strides.count else {
      throw wrong("has \(shape.count) sizes and \(strides.count) strides")
    }
    guard shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 }), offset >= 0 else {
      throw wrong("has a negative size, stride or offset: sizes \(shape), strides \(strides), offset \(offset)")
    }
    var bytes = type.byteCount
    var last = offset
    for (size, stride) in zip(shape, strides) {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      let (distance, tooFar) = max(size - 1, 0).multipliedReportingOverflow(by: stride)
      let (sum, tooFarInAll) = last.addingReportingOverflow(distance)
      guard !overflow, !tooFar, !tooFarInAll else {
        throw wrong("has sizes \(shape) and strides \(strides), which 64 bits cannot count")
      }
      bytes = product
      last = sum
    }
    guard bytes == 0 || last < available / type.byteCount else {
      throw wrong(
        "reaches to element \(last) of a storage of \(available / type.byteCount): sizes \(shape), strides \(strides), "
          + "offset \(offset)")
    }
    guard bytes <= max(available, Self.greatestRepetition) else {
      throw CheckpointFlaw(
        .unsupported,
        "repeats a storage of \(available) bytes as a tensor of \(bytes) bytes; save it as it is meant to be")
    }
    self.type = type
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.source = source
    count = bytes / type.byteCount
  }

  var byteCount: Int { count * type.byteCount }

  /// True when the elements stand in row-major order without gaps.
  var isContiguous: Bool {
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      if stride != expected { return count == 0 }
      expected *= size
    }
    return true
  }

  /// Puts the elements in row-major order.
  /// - Parameters:
  ///   - source: The bytes that this view was checked against.
  ///   - target: Room for `byteCount` bytes.
  func gather(from source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) {
    guard count > 0, let from = source.baseAddress, let to = target.baseAddress else { return }
    switch type.byteCount {
    case 1: gather(from, to, as: UInt8.self)
    case 2: gather(from, to, as: UInt16.self)
    case 4: gather(from, to, as: UInt32.self)
    case 8: gather(from, to, as: UInt64.self)
    default: gather(from, to, as: SIMD2<UInt64>.self)
    }
  }

  private func gather<Element: BitwiseCopyable>(
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, as type: Element.Type
  ) {
    let width = MemoryLayout<Element>.size
    let (rowCount, rowStride) = (shape.last ?? 1, strides.last ?? 1)
    var index = [Int](repeating: 0, count: max(shape.count - 1, 0))
    var start = offset
    var written = 0
    while written < count {
      for column in 0..<rowCount {
        let element = from.loadUnaligned(fromByteOffset: (start + column * rowStride) * width, as: Element.self)
        to.storeBytes(of: element, toByteOffset: (written + column) * width, as: Element.self)
      }
      written += rowCount
      for axis in index.indices.reversed() {
        index[axis] += 1
        start += strides[axis]
        if index[axis] < shape[axis] { break }
        start -= index[axis] * strides[axis]
        index[axis] = 0
      }
    }
  }
}
