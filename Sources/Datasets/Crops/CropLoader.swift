internal import Foundation

/// Makes the batches of a plan ahead of time on background threads, and hands them out in order.
///
/// The threads use no tensors, so libtorch's threads stay free for training. Memory is bounded: at most `prefetch` batches are made or waiting.
public final class CropLoader: Sendable {
  /// How well the loader kept up.
  public struct Statistics: Sendable, Equatable {
    /// Batches handed out.
    public var batches = 0
    /// Seconds that ``CropLoader/next()`` waited in all.
    public var waited = 0.0
    /// Seconds that threads worked in all.
    public var worked = 0.0
  }

  private let work: CropWork

  /// Starts the threads.
  /// - Parameters:
  ///   - plan: What batches are made of.
  ///   - step: The first batch to hand out; a resumed run begins where it stopped and gets the same batches.
  ///   - threads: At least 1.
  ///   - prefetch: Batches that may be made or waiting at once; at least `threads`.
  ///   - numbering: The plan's number of a batch of this loader: one of several processes leaves some out.
  public init(
    _ plan: CropPlan, from step: Int = 0, threads: Int = 2, prefetch: Int = 4,
    numbering: @escaping @Sendable (Int) -> Int = { $0 }
  ) {
    let threads = max(threads, 1)
    let work = CropWork(plan, from: step, limit: max(prefetch, threads), numbering: numbering)
    self.work = work
    for index in 0..<threads {
      let thread = Thread { work.run() }
      thread.name = "burnish.crops.\(index)"
      thread.start()
    }
  }

  deinit { work.stop() }

  /// The next batch, in order; waits for it when it is not ready.
  /// - Throws: What making that batch threw; `DatasetError` after ``stop()``.
  public func next() throws -> CropBatch { try work.next() }

  /// How well the loader kept up so far.
  public var statistics: Statistics { work.currentStatistics }

  /// Ends the threads after what they are doing now. Letting go of the loader does the same.
  public func stop() { work.stop() }
}
