/// Which of several processes of one run this is, as launchers tell it: `torchrun`, `srun` and others set `RANK`,
/// `WORLD_SIZE`, `LOCAL_RANK`, `MASTER_ADDR` and `MASTER_PORT`.
public struct WorkerPlace: Sendable, Hashable {
  /// This process's number among all.
  public var rank: Int
  /// How many there are.
  public var size: Int
  /// This process's number on its machine: which of several GPUs is its own.
  public var localRank: Int
  /// Where the store is that they meet at.
  public var host: String
  /// Its port.
  public var port: UInt16
  /// What this run's keys in the store begin with: a launcher's store outlives processes that it starts again.
  public var prefix = "burnish/0"
  /// True where the launcher serves the store, and no process of the run.
  public var isStoreServed = false

  /// A place.
  public init(rank: Int, size: Int, localRank: Int? = nil, host: String = "127.0.0.1", port: UInt16) {
    self.rank = rank
    self.size = size
    self.localRank = localRank ?? rank
    self.host = host
    self.port = port
  }

  /// The place that an environment tells.
  /// - Parameter environment: Its variables.
  /// - Returns: nil without `WORLD_SIZE`, and where that is 1.
  /// - Throws: `TorchError` that names the variable which is absent or no number that makes sense.
  public init?(environment: [String: String]) throws(TorchError) {
    guard let size = environment["WORLD_SIZE"], size != "1" else { return nil }
    func number(_ name: String, _ range: ClosedRange<Int>) throws(TorchError) -> Int {
      guard let text = environment[name] else {
        throw TorchError(
          .argument,
          "finding the other processes: WORLD_SIZE is \(size), and \(name) is not set; start them with torchrun, or set it"
        )
      }
      guard let value = Int(text), range.contains(value) else {
        throw TorchError(
          .argument,
          "finding the other processes: \(name) is '\(text)'; it must be within \(range.lowerBound)…\(range.upperBound)"
        )
      }
      return value
    }
    let count = try number("WORLD_SIZE", 1...65536)
    guard let host = environment["MASTER_ADDR"], !host.isEmpty else {
      throw TorchError(
        .argument,
        "finding the other processes: WORLD_SIZE is \(size), and MASTER_ADDR is not set; start them with torchrun, or set it"
      )
    }
    let rank = try number("RANK", 0...(count - 1))
    self.init(
      rank: rank, size: count,
      localRank: environment["LOCAL_RANK"] == nil ? rank : try number("LOCAL_RANK", 0...(count - 1)), host: host,
      port: UInt16(try number("MASTER_PORT", 1...65535)))
    prefix = "burnish/" + (environment["TORCHELASTIC_RESTART_COUNT"] ?? "0")
    isStoreServed = environment["TORCHELASTIC_USE_AGENT_STORE"] == "True"
  }
}
