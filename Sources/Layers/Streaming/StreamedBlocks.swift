public import Checkpoints

/// The blocks of a network, of which some are in memory and the others are taken from the checkpoint each time that they
/// are needed.
///
/// A block that is streamed is converted, moved and built anew in every pass, and its memory is given back behind it: what
/// it takes is the time of reading. What layers would keep for later passes (packed weights) is not kept. The numbers are
/// those of a block that stays, bit for bit.
public final class StreamedBlocks<Block> {
  /// Bytes of each block's parameters in memory, in the order of the blocks. Empty where all stay for good.
  public let byteCounts: [Int]
  /// The number of blocks.
  public let count: Int
  private let path: ParameterPath
  private let build: (ParameterPath) throws -> Block
  private var kept: [Int: Block] = [:]
  private var chosen: BlockResidency?

  /// Blocks under the numbers of a path.
  /// - Parameters:
  ///   - path: Where block `0`, `1`, … lie.
  ///   - count: The number of blocks.
  ///   - residency: How many stay in memory; they are read when they are first needed. nil reads all at once and keeps them
  ///     for good: what is trained, and what is drawn and not read.
  ///   - build: Makes a block; it must answer the same block whenever it is asked for a place.
  /// - Throws: What `build` and the source throw. Keys that are missing are in the load's account in any case.
  public init(
    _ path: ParameterPath, count: Int, residency: BlockResidency?, build: @escaping (ParameterPath) throws -> Block
  ) throws {
    self.path = path
    self.count = count
    self.build = build
    chosen = residency
    guard residency != nil else {
      byteCounts = []
      for number in 0..<count { kept[number] = try build(path / number) }
      return
    }
    byteCounts = try (0..<count).map { try (path / $0).account { _ = try build($0) } }
  }

  /// How many blocks stay; nil where all do for good, and then it cannot be changed. Blocks that shall no longer stay are
  /// let go at once.
  public var residency: BlockResidency? {
    get { chosen }
    set {
      guard chosen != nil, let newValue else { return }
      chosen = newValue
      kept = kept.filter { $0.key < newValue.residentCount }
    }
  }

  /// Works with a block.
  /// - Parameters:
  ///   - number: The block's number.
  ///   - body: Works with it. Nothing of it may be kept.
  /// - Returns: What `body` answers.
  /// - Throws: What `body` throws; `CheckpointError` or `TorchError` when the block cannot be read.
  public func with<Value>(_ number: Int, _ body: (Block) throws -> Value) throws -> Value {
    if let block = kept[number] { return try body(block) }
    let place = path / number
    guard let chosen, number < chosen.residentCount else { return try place.lend(build, to: body) }
    let block = try build(place)
    kept[number] = block
    return try body(block)
  }
}
