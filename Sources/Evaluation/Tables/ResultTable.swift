internal import Foundation
internal import Quality

/// The papers' table: blocks of a data set and a case, rows of models, columns of metrics.
struct ResultTable: Encodable {
  /// A metric of a block.
  struct Column: Encodable, Equatable {
    let name: String
    let better: String
    /// Whether it compares pictures or sets with references.
    let isReferenced: Bool
    /// Digits behind the point in tables.
    let digits: Int

    var higherIsBetter: Bool { better == "higher" }
    var heading: String { name + (higherIsBetter ? " ↑" : " ↓") }

    init(name: String, higherIsBetter: Bool, isReferenced: Bool) {
      self.name = name
      better = higherIsBetter ? "higher" : "lower"
      self.isReferenced = isReferenced
      digits = ["psnr", "musiq", "fid"].contains { name.hasPrefix($0) } ? 2 : name.hasPrefix("niqe") ? 3 : 4
    }

    /// As tables show it.
    func text(_ value: Double) -> String {
      value.isFinite ? String(format: "%.\(digits)f", value) : value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
    }
  }

  /// How a number stands among the block's.
  enum Mark: String, Encodable { case best, second }

  struct Value: Encodable, Equatable {
    let mean: Double
    /// Half the width of the 95 % confidence interval of the mean; nil for single pictures and scores of sets.
    let ci95: Double?
    let count: Int
    var mark: Mark?
  }

  struct Row: Encodable {
    let model: String
    let steps: Int?
    /// Pictures that were restored.
    var done = 0
    /// Pictures that failed or are not done.
    var missing = 0
    /// By the columns' names.
    var values: [String: Value] = [:]
    /// The median over pictures: the first of a model warms caches up.
    var secondsMedian: Double?
    /// The largest over pictures, bytes.
    var memoryPeak: Int?
    var problem: String?

    var name: String { steps.map { "\(model), \($0) step\($0 == 1 ? "" : "s")" } ?? model }
    var stepText: String { steps.map(String.init) ?? "–" }
    var secondsText: String { secondsMedian.map { String(format: $0 < 0.0995 ? "%.3f" : "%.2f", $0) } ?? "–" }
    var memoryText: String { memoryPeak.map { String(format: "%.2f GB", Double($0) / 1e9) } ?? "–" }
  }

  struct Block: Encodable {
    let dataset: String
    /// Encoded as `case`, which Swift keeps for itself.
    let sample: String
    let pictures: Int
    let columns: [Column]
    var rows: [Row]

    enum CodingKeys: String, CodingKey {
      case dataset, pictures, columns, rows
      case sample = "case"
    }

    var title: String { "\(dataset) · \(sample)" }
  }

  var blocks: [Block]

  init(blocks: [Block]) { self.blocks = blocks }

  /// Sums cells up.
  init(_ cells: [(group: EvaluationPlan.Group, run: EvaluationRun, record: CellRecord)], metrics: [EvaluationMetric]) {
    blocks = []
    var positions: [String: Int] = [:]
    for (group, run, record) in cells {
      let key = "\(group.dataset.name)\n\(group.sample.name)"
      if positions[key] == nil {
        positions[key] = blocks.count
        let columns = metrics.filter { $0.kind == .single || group.dataset.hasReferences }.map {
          Column(name: $0.name, higherIsBetter: $0.higherIsBetter, isReferenced: $0.kind != .single)
        }
        blocks.append(
          Block(
            dataset: group.dataset.name, sample: group.sample.name, pictures: group.dataset.items.count,
            columns: columns, rows: []))
      }
      guard let position = positions[key] else { continue }
      blocks[position].rows.append(Self.row(run, record, blocks[position].columns))
    }
    for index in blocks.indices { Marks.set(&blocks[index]) }
  }

  private static func row(_ run: EvaluationRun, _ record: CellRecord, _ columns: [Column]) -> Row {
    var row = Row(model: run.model, steps: run.steps ?? record.ownSteps)
    let done = record.rows.filter { $0.seconds != nil }
    row.done = done.filter(\.errors.isEmpty).count
    row.missing = record.rows.count - row.done
    row.problem = record.problem
    for column in columns {
      if let set = record.sets[column.name] {
        row.values[column.name] = Value(mean: set.value, ci95: nil, count: set.count)
      } else if let estimate = MeanEstimate(done.compactMap { $0.scores[column.name] }) {
        row.values[column.name] = Value(mean: estimate.mean, ci95: estimate.halfWidth, count: estimate.count)
      }
    }
    let seconds = done.compactMap(\.seconds).sorted()
    if !seconds.isEmpty {
      let middle = seconds.count / 2
      row.secondsMedian = seconds.count % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2
    }
    row.memoryPeak = done.compactMap(\.memory).max()
    return row
  }
}
