internal import Foundation

/// What a loader and its threads share. All of the state is touched under `condition` only.
final class CropWork: @unchecked Sendable {
  private let plan: CropPlan
  private let limit: Int
  private let numbering: @Sendable (Int) -> Int
  private let condition = NSCondition()
  private var ready: [Int: Result<CropBatch, any Error>] = [:]
  private var nextToMake: Int
  private var nextToGive: Int
  private var isStopped = false
  private var statistics = CropLoader.Statistics()

  init(_ plan: CropPlan, from step: Int, limit: Int, numbering: @escaping @Sendable (Int) -> Int) {
    self.plan = plan
    self.limit = limit
    self.numbering = numbering
    nextToMake = step
    nextToGive = step
  }

  var currentStatistics: CropLoader.Statistics { condition.withLock { statistics } }

  func stop() {
    condition.withLock {
      isStopped = true
      ready.removeAll()
      condition.broadcast()
    }
  }

  func run() {
    while let step = claim() {
      let start = ContinuousClock.now
      let result = Result { try plan.batch(numbering(step)) }
      let worked = Self.seconds(since: start)
      condition.withLock {
        statistics.worked += worked
        if !isStopped { ready[step] = result }
        condition.broadcast()
      }
    }
  }

  /// The number of the batch to make next, once there is room; nil at the end.
  private func claim() -> Int? {
    condition.withLock {
      while !isStopped && nextToMake - nextToGive >= limit { condition.wait() }
      guard !isStopped else { return nil }
      nextToMake += 1
      return nextToMake - 1
    }
  }

  func next() throws -> CropBatch {
    let start = ContinuousClock.now
    let result: Result<CropBatch, any Error>? = condition.withLock {
      while !isStopped && ready[nextToGive] == nil { condition.wait() }
      guard let result = ready.removeValue(forKey: nextToGive) else { return nil }
      nextToGive += 1
      statistics.batches += 1
      statistics.waited += Self.seconds(since: start)
      condition.broadcast()
      return result
    }
    guard let result else { throw DatasetError(.stopped, "waiting for a batch of crops: the loader was stopped") }
    return try result.get()
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - start) / .seconds(1)
  }
}
