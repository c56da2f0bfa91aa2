internal import Restorers

/// Who is told how a batch goes: a bar on a terminal, lines in a pipe, JSON for programs.
protocol RestoreReport: AnyObject, Sendable {
  /// Before anything is loaded.
  func begin(_ batch: BatchDescription)
  /// A picture begins.
  func start(_ job: RestoreJob, index: Int, size: String)
  /// A picture is somewhere within.
  func progress(_ job: RestoreJob, _ progress: SamplingProgress, secondsLeft: Double?)
  /// A picture is written.
  func finish(_ job: RestoreJob, _ outcome: RestoreOutcome)
  /// A picture was there already.
  func skip(_ job: RestoreJob)
  /// A picture failed; the others go on.
  func fail(_ job: RestoreJob, _ message: String)
  /// All are through.
  func end(_ summary: BatchSummary)
}

/// What a batch runs with.
struct BatchDescription: Sendable {
  let count: Int
  let model: String
  let folder: String
  let device: String
  let dtype: String
  let steps: Int
  let threads: Int
}

/// What became of a picture.
struct RestoreOutcome: Sendable {
  let width: Int
  let height: Int
  let seconds: Double
  let warnings: [String]
}

/// What became of a batch.
struct BatchSummary: Sendable {
  var done = 0
  var skipped = 0
  var failed = 0
  var interrupted = false
  var seconds = 0.0
}
