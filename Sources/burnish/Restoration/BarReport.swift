internal import Restorers

/// A bar that is drawn over itself, with the time left; everything else as lines.
final class BarReport: RestoreReport {
  private let lines = LineReport()

  func begin(_ batch: BatchDescription) { lines.begin(batch) }

  func start(_ job: RestoreJob, index: Int, size: String) { lines.start(job, index: index, size: size) }

  func progress(_ job: RestoreJob, _ progress: SamplingProgress, secondsLeft: Double?) {
    let tiles = progress.tiles > 1 ? ", tile \(progress.tile)/\(progress.tiles)" : ""
    let left = secondsLeft.map { ", \(Terminal.duration($0)) left" } ?? ""
    let text = " \(progress.stage) \(progress.step)/\(progress.steps)\(tiles)\(left)"
    let room = max(10, min(40, Terminal.width - text.count - 3))
    let filled = Int((progress.fraction * Double(room)).rounded())
    // Return, erase the line, draw.
    Terminal.write(
      "\r\u{1B}[2K[" + String(repeating: "=", count: filled) + String(repeating: " ", count: room - filled) + "]" + text
    )
  }

  func finish(_ job: RestoreJob, _ outcome: RestoreOutcome) {
    clear()
    lines.finish(job, outcome)
  }

  func skip(_ job: RestoreJob) { lines.skip(job) }

  func fail(_ job: RestoreJob, _ message: String) {
    clear()
    lines.fail(job, message)
  }

  func end(_ summary: BatchSummary) {
    clear()
    lines.end(summary)
  }

  private func clear() { Terminal.write("\r\u{1B}[2K") }
}
