/// Who is told how a run of `degrade` goes. One call at a time, from whichever thread.
protocol DegradeReport: AnyObject {
  /// Before the first picture.
  func begin(_ run: DegradeDescription)
  /// A result was there already; `note` says what is odd about it.
  func skip(_ job: RestoreJob, note: String?)
  /// A picture is written.
  func finish(_ job: RestoreJob, _ outcome: DegradeOutcome, done: Int)
  /// A picture failed; the others go on.
  func fail(_ job: RestoreJob, _ message: String, done: Int)
  /// All are through.
  func end(_ summary: BatchSummary)
}

/// What a run of `degrade` does.
struct DegradeDescription {
  /// Pictures to degrade, without those that are there already.
  let count: Int
  let recipe: String
  let seed: UInt64
  let threads: Int
}

/// What became of a picture.
struct DegradeOutcome {
  let inputWidth, inputHeight: Int
  let width, height: Int
  let seconds: Double
  let warnings: [String]
}

/// Plain lines, for pipes and logs.
final class DegradeLineReport: DegradeReport {
  func begin(_ run: DegradeDescription) {
    guard run.count > 0 else { return }
    Terminal.say(
      "degrading \(run.count) picture\(run.count == 1 ? "" : "s") by \(run.recipe), seed \(run.seed), "
        + "\(run.threads) at once")
  }

  func skip(_ job: RestoreJob, note: String?) {
    Terminal.say(
      "\(job.input): \(job.output) is there already\(note.map { ", \($0)" } ?? ""), skipped (--overwrite makes it anew)"
    )
  }

  func finish(_ job: RestoreJob, _ outcome: DegradeOutcome, done: Int) {
    for warning in outcome.warnings { Terminal.say("\(job.input): warning: \(warning)") }
    Terminal.say(
      "\(job.input): wrote \(job.output), \(outcome.inputWidth) × \(outcome.inputHeight) to \(outcome.width) × \(outcome.height)"
    )
  }

  func fail(_ job: RestoreJob, _ message: String, done: Int) { Terminal.say("\(job.input): failed: \(message)") }

  func end(_ summary: BatchSummary) { Terminal.say(summary.words) }
}

/// A bar that is drawn over itself; what needs attention as lines.
final class DegradeBarReport: DegradeReport {
  private let lines = DegradeLineReport()
  private let began = ContinuousClock.now
  private var count = 0

  func begin(_ run: DegradeDescription) {
    count = run.count
    lines.begin(run)
  }

  func skip(_ job: RestoreJob, note: String?) { if note != nil { lines.skip(job, note: note) } }

  func finish(_ job: RestoreJob, _ outcome: DegradeOutcome, done: Int) {
    if !outcome.warnings.isEmpty {
      Terminal.clearLine()
      for warning in outcome.warnings { Terminal.say("\(job.input): warning: \(warning)") }
    }
    draw(done)
  }

  func fail(_ job: RestoreJob, _ message: String, done: Int) {
    Terminal.clearLine()
    lines.fail(job, message, done: done)
    draw(done)
  }

  func end(_ summary: BatchSummary) {
    Terminal.clearLine()
    lines.end(summary)
  }

  private func draw(_ done: Int) {
    let left = began.duration(to: .now).seconds * Double(count - done) / Double(max(done, 1))
    Terminal.drawBar(
      Double(done) / Double(max(count, 1)),
      " \(done)/\(count)" + (done < count ? ", \(Terminal.duration(left)) left" : ""))
  }
}

/// One JSON object a line on standard output.
final class DegradeJSONReport: DegradeReport {
  private struct Event: Encodable {
    var event: String
    var input: String?
    var output: String?
    var count: Int?
    var recipe: String?
    var seed: UInt64?
    var threads: Int?
    var inputWidth: Int?
    var inputHeight: Int?
    var width: Int?
    var height: Int?
    var seconds: Double?
    var fraction: Double?
    var warnings: [String]?
    var note: String?
    var error: String?
    var done: Int?
    var skipped: Int?
    var failed: Int?
    var interrupted: Bool?
  }

  private var count = 1

  func begin(_ run: DegradeDescription) {
    count = max(run.count, 1)
    JSONLine.write(
      Event(event: "begin", count: run.count, recipe: run.recipe, seed: run.seed, threads: run.threads))
  }

  func skip(_ job: RestoreJob, note: String?) {
    JSONLine.write(Event(event: "skipped", input: job.input, output: job.output, note: note))
  }

  func finish(_ job: RestoreJob, _ outcome: DegradeOutcome, done: Int) {
    JSONLine.write(
      Event(
        event: "done", input: job.input, output: job.output, inputWidth: outcome.inputWidth,
        inputHeight: outcome.inputHeight, width: outcome.width, height: outcome.height, seconds: outcome.seconds,
        fraction: Double(done) / Double(count), warnings: outcome.warnings))
  }

  func fail(_ job: RestoreJob, _ message: String, done: Int) {
    JSONLine.write(
      Event(
        event: "failed", input: job.input, output: job.output, fraction: Double(done) / Double(count), error: message))
  }

  func end(_ summary: BatchSummary) {
    JSONLine.write(
      Event(
        event: "end", seconds: summary.seconds, done: summary.done, skipped: summary.skipped, failed: summary.failed,
        interrupted: summary.interrupted))
  }
}
