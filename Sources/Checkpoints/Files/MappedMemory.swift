internal import Synchronization
public import Torch

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where files are mapped into this process, so that weights can give their memory back between uses.
///
/// What was read of a mapped file counts as this process's memory for as long as the pages stay. A layer that is done
/// with a weight lets them go; the next use finds them in the system's file cache, at a few per cent of what the
/// layer's own work takes.
public enum MappedMemory {
  private static let ranges = Mutex<[Range<UInt>]>([])

  static func add(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let range = range(of: UnsafeRawBufferPointer(bytes)) else { return }
    ranges.withLock { $0.append(range) }
  }

  static func remove(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let range = range(of: UnsafeRawBufferPointer(bytes)) else { return }
    ranges.withLock { list in
      if let index = list.firstIndex(of: range) { list.remove(at: index) }
    }
  }

  /// Gives back the memory of a tensor that lies in a mapped file, if nothing was written into it: a written page has no
  /// copy in the file. The tensor stays as it is.
  /// - Parameter tensor: A weight.
  /// - Returns: True when the tensor lies in a mapped file.
  @discardableResult
  public static func release(_ tensor: Tensor) -> Bool {
    guard tensor.device == .cpu, tensor.isContiguous,
      let memory = (try? tensor.withBytes { range(of: $0) }) ?? nil
    else { return false }
    return ranges.withLock { list in
      // Held during the call: the file must not be unmapped, and its place given to others, in between.
      guard list.contains(where: { $0.lowerBound <= memory.lowerBound && memory.upperBound <= $0.upperBound }) else {
        return false
      }
      if !tensor.isWritten { discard(memory) }
      return true
    }
  }

  private static func range(of bytes: UnsafeRawBufferPointer) -> Range<UInt>? {
    guard let start = bytes.baseAddress.map({ UInt(bitPattern: $0) }), !bytes.isEmpty else { return nil }
    return start..<start + UInt(bytes.count)
  }

  private static func discard(_ memory: Range<UInt>) {
    let page = UInt(max(sysconf(Int32(_SC_PAGESIZE)), 1))
    // Pages at both ends may belong to neighbours too.
    let start = (memory.lowerBound + page - 1) / page * page
    let end = memory.upperBound / page * page
    guard start < end, let address = UnsafeMutableRawPointer(bitPattern: start) else { return }
    madvise(address, Int(end - start), MADV_DONTNEED)
  }
}
