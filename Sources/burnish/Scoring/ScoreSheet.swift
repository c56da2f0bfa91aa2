internal import Quality

/// What was measured.
struct ScoreSheet {
  /// One metric: a column.
  struct Column {
    /// The name, variant and border included.
    let name: String
    /// The word that asked for it.
    let word: String
    let entry: MetricEntry
    let border: Int
    /// The files of weights that were read.
    let files: [String]
  }

  /// One picture: a row.
  struct Row {
    let image: String
    var reference: String?
    /// Scores by the columns' names; none where a metric could not be computed.
    var scores: [String: Double] = [:]
    /// What failed, a sentence each.
    var errors: [String] = []
  }

  var columns: [Column]
  var rows: [Row] = []
  /// Scores of whole sets, by the columns' names.
  var sets: [String: Double] = [:]
  /// How many pictures each set had, the measured one and the reference's.
  var setCounts: [String: (Int, Int)] = [:]
  /// What failed of whole sets.
  var errors: [String] = []
  /// Where networks ran.
  var device = "cpu"
  var wasInterrupted = false

  /// The mean of a column over the pictures that have a score.
  func estimate(_ column: Column) -> MeanEstimate? { MeanEstimate(rows.compactMap { $0.scores[column.name] }) }

  /// True when everything that was asked for has a number.
  var isComplete: Bool { errors.isEmpty && rows.allSatisfy(\.errors.isEmpty) }
}
