/// Which pictures of a pool are good enough, by what is recorded of them.
public struct SelectionRule: Sendable, Codable, Equatable {
  /// The share of the pool, in percent, that each metric drops: 5 keeps the top 95 %.
  public var percentile = 5.0
  /// A picture whose mean brightness is below this, 0 … 1, is black.
  public var black = 0.02
  /// A picture whose brightness deviates by less than this, 0 … 0.5, shows nothing.
  public var uniform = 0.02

  /// The usual rule.
  public init() {}

  /// A metric's cut: the percentile of its scores by linear interpolation, position `p / 100 · (n - 1)` in rising order,
  /// counted from the bad end.
  /// - Parameters:
  ///   - scores: Of the whole pool; finite.
  ///   - higherIsBetter: Which end is the bad one.
  /// - Returns: nil without scores.
  public func cut(_ scores: [Double], higherIsBetter: Bool) -> ScoreCut? {
    guard let last = scores.indices.last else { return nil }
    let rising = scores.sorted()
    let position = (higherIsBetter ? percentile : 100 - percentile) / 100 * Double(last)
    let below = min(max(Int(position), 0), last)
    let above = min(below + 1, last)
    let value = rising[below] + (rising[above] - rising[below]) * (position - Double(below))
    return ScoreCut(value: value, higherIsBetter: higherIsBetter)
  }

  /// Decides on every picture.
  /// - Parameters:
  ///   - records: By rising seed.
  ///   - metrics: What they were measured with.
  /// - Returns: The records with their verdicts, the cuts, and the number of pictures that these come from.
  public func decide(
    _ records: [PairRecord], metrics: [SynthesisSettings.ScoreKind]
  ) -> (records: [PairRecord], cuts: [String: ScoreCut], pool: Int) {
    var records = records
    var seen: [String: UInt64] = [:]
    for index in records.indices { records[index].reasons = flaws(of: records[index], metrics, &seen) }
    let pool = records.filter(\.reasons.isEmpty)
    var cuts: [String: ScoreCut] = [:]
    for metric in metrics {
      cuts[metric.name] = cut(pool.compactMap { $0.scores[metric.name] }, higherIsBetter: metric.higherIsBetter)
    }
    for index in records.indices where records[index].reasons.isEmpty {
      records[index].reasons = metrics.compactMap { metric in
        guard let score = records[index].scores[metric.name] else { return nil }
        return cuts[metric.name]?.reason(metric.name, score)
      }
    }
    for index in records.indices { records[index].kept = records[index].reasons.isEmpty }
    return (records, cuts, pool.count)
  }

  /// What drops a picture whatever the others are, and keeps its scores from counting.
  private func flaws(
    of record: PairRecord, _ metrics: [SynthesisSettings.ScoreKind], _ seen: inout [String: UInt64]
  ) -> [String] {
    var reasons = record.flaws
    if let statistics = record.statistics {
      if statistics.mean < black {
        reasons.append("black: its mean brightness, \(statistics.mean), is below \(black)")
      } else if statistics.deviation < uniform {
        reasons.append("near-uniform: the deviation of its brightness, \(statistics.deviation), is below \(uniform)")
      }
    }
    if let hash = record.hq?.sha256 {
      if let first = seen[hash] { reasons.append("the same picture as that of seed \(first)") }
      seen[hash] = seen[hash] ?? record.seed
    }
    guard reasons.isEmpty else { return reasons }
    return metrics.filter { record.scores[$0.name] == nil }.map { "there is no score of \($0.name)" }
  }
}

/// Where a metric divides a pool.
public struct ScoreCut: Sendable, Codable, Equatable {
  /// The worst score that is kept.
  public var value: Double
  /// Whether more is better.
  public var higherIsBetter: Bool

  enum CodingKeys: String, CodingKey {
    case value = "cut"
    case higherIsBetter = "higher_is_better"
  }

  /// A cut.
  public init(value: Double, higherIsBetter: Bool) {
    self.value = value
    self.higherIsBetter = higherIsBetter
  }

  /// Why a score is dropped; nil where it is kept.
  func reason(_ name: String, _ score: Double) -> String? {
    if higherIsBetter { return score < value ? "\(name) \(score) is below the cut, \(value)" : nil }
    return score > value ? "\(name) \(score) is above the cut, \(value)" : nil
  }
}
