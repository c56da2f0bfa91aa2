internal import Restorers

/// Who is told how a batch goes: a bar on a terminal, lines in a pipe, JSON for programs.
protocol RestoreReport: AnyObject, Sendable {
  /// Before the first picture, the finished ones too.
  func begin(_ batch: BatchDescription)
  /// A picture was there already.
  func skip(_ job: RestoreJob)
  /// A picture begins.
  func start(_ job: RestoreJob, _ plan: PicturePlan)
  /// A picture is somewhere within.
  func progress(_ job: RestoreJob, _ progress: SamplingProgress, secondsLeft: Double?)
  /// A picture is written.
  func finish(_ job: RestoreJob, _ outcome: RestoreOutcome)
  /// A picture failed; the others go on.
  func fail(_ job: RestoreJob, _ message: String)
  /// All are through.
  func end(_ summary: BatchSummary)
}

/// What a batch runs with.
struct BatchDescription: Sendable {
  /// Pictures to restore, without those that are there already.
  let count: Int
  let model: String
  let folder: String
  let device: String
  let dtype: String
  /// nil when nothing had to be loaded that would tell.
  let steps: Int?
  let threads: Int
  /// What the user asked for and this model does not have.
  let warnings: [String]
}

/// What is known of a picture before the work.
struct PicturePlan: Sendable {
  /// Which one of the batch, from 0.
  let index: Int
  let inputWidth: Int
  let inputHeight: Int
  let width: Int
  let height: Int
  /// nil for the whole picture at once.
  let tile: Int?
  /// Bytes expected at the peak.
  let memory: Int
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
  /// True when the user stopped it before all were through.
  var interrupted = false
  var seconds = 0.0

  /// How it went, as a line for people.
  var words: String {
    var parts = ["\(done) done"]
    if skipped > 0 { parts.append("\(skipped) skipped") }
    if failed > 0 { parts.append("\(failed) failed") }
    if interrupted { parts.append("stopped by the user") }
    return parts.joined(separator: ", ") + " in \(Terminal.duration(seconds))"
  }
}
