/// The numbers of the batches that one of several processes works on, in its order: of each step's, one stretch.
public struct BatchNumbers: Sendable, Hashable {
  /// Batches of a step, over all processes.
  public let accumulation: Int
  /// Which process.
  public let rank: Int
  /// Batches of a step that are the process's own.
  public let perStep: Int

  /// - Parameters:
  ///   - accumulation: Batches of a step, a multiple of `size`.
  ///   - rank: Which process.
  ///   - size: How many there are.
  public init(accumulation: Int, rank: Int, size: Int) {
    self.accumulation = accumulation
    self.rank = rank
    perStep = max(accumulation / size, 1)
  }

  /// The number of this process's batch `index`, counted from the run's start.
  public subscript(_ index: Int) -> Int {
    index / perStep * accumulation + rank * perStep + index % perStep
  }
}
