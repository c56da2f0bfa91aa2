/// How many of a network's blocks stay in memory; the others are taken from the checkpoint when their turn comes.
///
/// A pass goes through all blocks once and in order, so it does not matter which of them stay: the first ones do.
public struct BlockResidency: Sendable, Hashable {
  /// Blocks that stay, counted from the first.
  public var residentCount: Int

  /// So many blocks, counted from the first.
  public init(residentCount: Int) { self.residentCount = max(residentCount, 0) }

  /// Every block is taken anew each time.
  public static let none = BlockResidency(residentCount: 0)

  /// As many blocks as fit, beside the largest of the others while it works.
  /// - Parameters:
  ///   - byteCounts: Bytes of each block's parameters, in the order of a pass.
  ///   - budget: Bytes for the parameters of all blocks. Where not even one block fits, all are streamed: that is the least
  ///     that a pass takes.
  public init(byteCounts: [Int], budget: Int) {
    // largestBehind[n] is the largest block from number n on.
    var largestBehind = [0]
    for bytes in byteCounts.reversed() { largestBehind.append(max(largestBehind[largestBehind.count - 1], bytes)) }
    largestBehind.reverse()
    var resident = 0
    var total = 0
    for (number, bytes) in byteCounts.enumerated() {
      total += bytes
      // All may fit where all but one and that one in work do not.
      if total + largestBehind[number + 1] <= budget { resident = number + 1 }
    }
    residentCount = resident
  }

  /// What this means for the blocks behind the first `count` of them.
  public func behind(_ count: Int) -> BlockResidency { BlockResidency(residentCount: residentCount - count) }
}
