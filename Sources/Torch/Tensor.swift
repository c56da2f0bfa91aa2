internal import CTorch
internal import Synchronization

/// An array of numbers on a device: one handle on a libtorch tensor, freed when its last Swift reference goes.
///
/// Operations throw ``TorchError``; one `try` covers a whole expression. Several tensors may look at the same memory
/// (views), and libtorch allows concurrent reads but not writes: a tensor is deliberately not `Sendable`. One executor a
/// device owns the tensors; what crosses to other tasks is plain values.
public final class Tensor {
  let handle: ctorch_tensor

  private static let live = Atomic<Int>(0)

  /// How many tensors are alive in this process: a run must return to where it began.
  public static var liveCount: Int { live.load(ordering: .relaxed) }

  init(adopting handle: ctorch_tensor) {
    self.handle = handle
    Self.live.add(1, ordering: .relaxed)
  }

  deinit {
    ctorch_tensor_free(handle)
    Self.live.subtract(1, ordering: .relaxed)
  }

  /// The sizes, outermost first.
  public var shape: [Int] { sizes(ctorch_tensor_shape) }

  /// The distance in elements between neighbours along each axis.
  public var strides: [Int] { sizes(ctorch_tensor_strides) }

  /// The number of axes.
  public var rank: Int { Int(ctorch_tensor_dimensions(handle)) }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// Bytes that the elements take.
  public var byteCount: Int { count * dtype.byteCount }

  /// The size of one axis.
  /// - Parameter axis: Counted from the end when negative. An axis that is not there has size 0.
  public func size(_ axis: Int) -> Int {
    let shape = self.shape
    let index = axis < 0 ? shape.count + axis : axis
    return shape.indices.contains(index) ? shape[index] : 0
  }

  /// The type of the elements. Types that this library does not name are reported as `float64`.
  public var dtype: DType { DType(rawValue: ctorch_tensor_dtype(handle)) ?? .float64 }

  /// Where the elements are.
  public var device: Device { withExtendedLifetime(self) { Device(String(cString: ctorch_tensor_device(handle))) } }

  /// True when the elements lie in row-major order without gaps.
  public var isContiguous: Bool { ctorch_tensor_is_contiguous(handle) }

  /// True when a BCHW tensor lies in memory as BHWC.
  public var isChannelsLast: Bool { ctorch_tensor_is_channels_last(handle) }

  /// True when an in-place operation has written into this tensor's memory, through it or through a view that shares it.
  public var isWritten: Bool {
    var version: Int64 = 0
    // A tensor that cannot say has to count as written.
    return ctorch_tensor_version(handle, &version) != CTORCH_OK || version != 0
  }

  /// True when both look at the same first element in memory.
  public func sharesMemory(with other: Tensor) -> Bool {
    withExtendedLifetime((self, other)) { ctorch_tensor_shares_memory(handle, other.handle) }
  }

  private func sizes(_ read: (ctorch_tensor, UnsafeMutablePointer<Int64>) -> ctorch_status) -> [Int] {
    withExtendedLifetime(self) {
      let rank = Int(ctorch_tensor_dimensions(handle))
      return withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(rank, 1)) { buffer in
        guard let base = buffer.baseAddress, read(handle, base) == CTORCH_OK else { return [] }
        return buffer.prefix(rank).map { Int($0) }
      }
    }
  }
}

extension Tensor: CustomStringConvertible {
  /// Type, shape and device.
  public var description: String { "Tensor(\(dtype) \(shape) on \(device))" }
}
