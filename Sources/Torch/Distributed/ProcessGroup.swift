internal import CTorch

/// The processes of a run, which do some things together: PyTorch's own collectives (c10d) with Gloo over the network.
///
/// Every process calls the same methods in the same order. Tensors on other devices go through main memory.
public final class ProcessGroup {
  /// This process's number.
  public let rank: Int
  /// How many processes there are.
  public let size: Int
  private let handle: ctorch_group

  /// How many numbers go over the network at once: tensors are small and many.
  private static let bucket = 1 << 24
  private static let (patience, timeout): (Int64, Int64) = (600_000, 6 * 3_600_000)

  /// Meets the other processes.
  /// - Parameter place: Which process this is.
  /// - Throws: `TorchError` when the others do not come within ten minutes, or this libtorch has no Gloo.
  public init(_ place: WorkerPlace) throws(TorchError) {
    rank = place.rank
    size = place.size
    var out: ctorch_group?
    let task = "meeting the \(place.size) processes of the run at \(place.host):\(place.port) as number \(place.rank)"
    try TorchError.check(
      ctorch_group_join(
        place.host, place.port, place.rank == 0 && !place.isStoreServed, place.prefix, Int64(place.rank),
        Int64(place.size), Self.patience, Self.timeout, &out), doing: task)
    guard let out else { throw TorchError(.operation, "\(task): libtorch gave no group") }
    handle = out
  }

  deinit { ctorch_group_free(handle) }

  /// True for the one process that writes files and talks to people.
  public var isFirst: Bool { rank == 0 }

  /// Adds up tensors over all processes, in place: the same bits in each.
  /// - Parameter tensors: Of one type, the same shapes in every process.
  /// - Throws: `TorchError` when another process is gone.
  public func sum(_ tensors: [Tensor]) throws(TorchError) {
    try inBuckets(tensors) { flat throws(TorchError) in
      try TorchError.check(
        withExtendedLifetime((self, flat)) { ctorch_group_sum(handle, flat.handle) },
        doing: "adding up \(flat.count) numbers over \(size) processes")
    }
  }

  /// Gives the first process's tensors to all, in place.
  /// - Parameter tensors: Of one type, the same shapes in every process.
  /// - Throws: `TorchError` when another process is gone.
  public func broadcast(_ tensors: [Tensor]) throws(TorchError) {
    try inBuckets(tensors) { flat throws(TorchError) in
      try TorchError.check(
        withExtendedLifetime((self, flat)) { ctorch_group_broadcast(handle, flat.handle, 0) },
        doing: "giving \(flat.count) numbers to \(size) processes")
    }
  }

  /// Adds up numbers over all processes.
  /// - Parameter numbers: As many in every process.
  /// - Throws: `TorchError` when another process is gone.
  public func sum(_ numbers: [Double]) throws(TorchError) -> [Double] {
    guard !numbers.isEmpty else { return [] }
    let tensor = try Tensor(numbers)
    try sum([tensor])
    return try tensor.doubles()
  }

  /// Whether something is so in any process.
  /// - Throws: `TorchError` when another process is gone.
  public func any(_ flag: Bool) throws(TorchError) -> Bool { try sum([flag ? 1 : 0])[0] > 0 }

  /// Waits until all processes have come here.
  /// - Throws: `TorchError` when another process is gone.
  public func meet() throws(TorchError) {
    try TorchError.check(
      withExtendedLifetime(self) { ctorch_group_barrier(handle) }, doing: "waiting for \(size) processes")
  }

  /// Does something to tensors in main memory, many small ones as one.
  private func inBuckets(
    _ tensors: [Tensor], _ body: (_ flat: Tensor) throws(TorchError) -> Void
  ) throws(TorchError) {
    var rest = tensors[...]
    while let first = rest.first {
      var count = 0
      var end = rest.startIndex
      while end < rest.endIndex, end == rest.startIndex || count + rest[end].count <= Self.bucket {
        count += rest[end].count
        end += 1
      }
      let part = rest[rest.startIndex..<end]
      rest = rest[end...]
      if part.count == 1, first.device == .cpu, first.isContiguous {
        try body(first)
        continue
      }
      try withoutGradient { () throws(TorchError) in
        var flats: [Tensor] = []
        for tensor in part { flats.append(try tensor.detached().reshaped([tensor.count])) }
        let flat = try Tensor.concatenated(flats, axis: 0).to(device: .cpu).contiguous()
        try body(flat)
        var start = 0
        for tensor in part {
          let own = try flat.narrowed(0, from: start, length: tensor.count).reshaped(tensor.shape)
          try tensor.copy(inPlace: try own.to(device: tensor.device))
          start += tensor.count
        }
      }
    }
  }
}
