internal import Restorers

/// A bar that is drawn over itself, with the time left; everything else as lines.
final class BarReport: RestoreReport {
  private let lines = LineReport()

  func begin(_ batch: BatchDescription) { lines.begin(batch) }

  func skip(_ job: RestoreJob) { lines.skip(job) }

  func start(_ job: RestoreJob, _ plan: PicturePlan) { lines.start(job, plan) }

  func progress(_ job: RestoreJob, _ progress: SamplingProgress, secondsLeft: Double?) {
    let tiles = progress.tiles > 1 ? ", tile \(progress.tile)/\(progress.tiles)" : ""
    let left = secondsLeft.map { ", \(Terminal.duration($0)) left" } ?? ""
    // The step that is being worked on, not the number of those done.
    let step = min(progress.step + 1, progress.steps)
    let text = " \(progress.stage) \(step)/\(progress.steps)\(tiles)\(left)"
    Terminal.drawBar(progress.fraction, text)
  }

  func finish(_ job: RestoreJob, _ outcome: RestoreOutcome) {
    clear()
    lines.finish(job, outcome)
  }

  func fail(_ job: RestoreJob, _ message: String) {
    clear()
    lines.fail(job, message)
  }

  func end(_ summary: BatchSummary) {
    clear()
    lines.end(summary)
  }

  private func clear() { Terminal.clearLine() }
}
