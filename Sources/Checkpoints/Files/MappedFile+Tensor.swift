internal import Torch

extension MappedFile {
  /// A tensor over the mapped memory, which keeps the mapping alive; a copy only where the file does not align it.
  /// - Parameters:
  ///   - range: Its bytes, which must lie in the file.
  ///   - shape: Row-major sizes.
  ///   - dtype: The elements' type.
  func tensor(_ range: Range<Int>, _ shape: [Int], _ dtype: DType) throws(TorchError) -> Tensor {
    guard !range.isEmpty, let base = bytes.baseAddress else { return try .empty(shape, dtype: dtype) }
    let start = base + range.lowerBound
    // C++ leaves misaligned reads undefined.
    if Int(bitPattern: start).isMultiple(of: dtype.byteCount) {
      return try Tensor(wrapping: start, byteCount: range.count, shape, dtype) { withExtendedLifetime(self) {} }
    }
    let copy = UnsafeMutableRawPointer.allocate(byteCount: range.count, alignment: 64)
    copy.copyMemory(from: start, byteCount: range.count)
    return try Tensor(wrapping: copy, byteCount: range.count, shape, dtype) { copy.deallocate() }
  }
}
