internal import Checkpoints
internal import Foundation

extension Synthesis {
  /// What a finished data set holds.
  public struct Outcome: Sendable, Equatable {
    /// Pictures that belong to it.
    public var kept: Int
    /// Pictures that do not.
    public var dropped: Int
    /// Where each metric divides the pool.
    public var cuts: [String: ScoreCut]
  }

  /// What is still to be made.
  public struct Missing: Sendable, Equatable {
    /// How many pictures.
    public var count: Int
    /// Their first seeds, for messages.
    public var first: [UInt64]
  }

  /// How finishing went.
  public enum Finish: Sendable, Equatable {
    /// The data set is whole.
    case finished(Outcome)
    /// Pictures are missing, and nothing was decided.
    case incomplete(Missing)
  }

  /// Selects over the whole pool, puts files where they belong, and writes the manifest; nothing is done while pictures are
  /// missing. Can be repeated, with the same rule or another.
  ///
  /// The pool is everything that was made, also of seeds beyond `seeds`.
  /// - Parameters:
  ///   - seeds: All that must be there.
  ///   - rule: What is good enough.
  /// - Throws: `DatasetError` for journals that disagree, and when files cannot be written or moved.
  public func finish(_ seeds: Range<UInt64>, rule: SelectionRule) throws -> Finish {
    let lock = try FolderLock(folder.path)
    defer { withExtendedLifetime(lock) {} }
    folder.removeLeftovers()
    let known = try folder.records()
    try checkOrigin(known)
    let missing = seeds.lazy.filter { seed in !(known[seed].map(self.folder.isFinished) ?? false) }
    if let first = missing.first {
      return .incomplete(Missing(count: missing.count, first: [first] + missing.dropFirst().prefix(4)))
    }
    let decided = rule.decide(known.values.sorted { $0.seed < $1.seed }, metrics: settings.metrics)
    let records = try decided.records.map { record in
      let placed = try folder.placing(record)
      try trace(.placed(record.seed))
      return placed
    }
    let kept = records.count { $0.kept == true }
    var description = PairDescription(settings)
    description.selection = PairDescription.Selection(
      rule: rule, cuts: decided.cuts, pool: decided.pool, kept: kept, dropped: records.count - kept)
    try AtomicFile.write(try description.json(), to: folder.file(PairDescription.fileName))
    try trace(.described)
    try AtomicFile.write(try PairManifest.bytes(records), to: folder.file(PairManifest.fileName))
    try trace(.listed)
    folder.removeJournals()
    return .finished(Outcome(kept: kept, dropped: records.count - kept, cuts: decided.cuts))
  }
}
