/// A run's share of a data set's seeds.
public struct SeedShard: Sendable, Hashable {
  /// The seeds.
  public let seeds: Range<UInt64>
  /// What the share's journal is called.
  public let name: String

  /// All seeds.
  public init(all seeds: Range<UInt64>) {
    self.seeds = seeds
    name = "all"
  }

  /// One of several shares of neighbouring seeds, whose sizes differ by at most one.
  /// - Parameters:
  ///   - number: Which, from 1.
  ///   - count: How many.
  ///   - seeds: What is shared out.
  /// - Throws: `DatasetError` for a share that is not there.
  public init(_ number: Int, of count: Int, in seeds: Range<UInt64>) throws {
    guard count > 0, (1...count).contains(number) else {
      throw DatasetError(.argument, "taking share \(number) of \(count): shares are numbered from 1 to their number")
    }
    func start(_ part: Int) -> UInt64 {
      let (high, low) = UInt64(seeds.count).multipliedFullWidth(by: UInt64(part))
      return seeds.lowerBound + UInt64(count).dividingFullWidth((high, low)).quotient
    }
    self.seeds = start(number - 1)..<start(number)
    name = "\(number)-of-\(count)"
  }

  /// Seeds by hand.
  /// - Parameters:
  ///   - range: Which.
  ///   - seeds: All there are.
  /// - Throws: `DatasetError` for seeds that the data set does not have.
  public init(_ range: ClosedRange<UInt64>, in seeds: Range<UInt64>) throws {
    guard seeds.contains(range.lowerBound), seeds.contains(range.upperBound) else {
      throw DatasetError(
        .argument,
        "taking the seeds \(range.lowerBound) to \(range.upperBound): the recipe has \(seeds.lowerBound) to "
          + "\(seeds.upperBound - 1)")
    }
    self.seeds = range.lowerBound..<range.upperBound + 1
    name = "\(range.lowerBound)-to-\(range.upperBound)"
  }
}
