internal import Restorers

/// Plain lines, for pipes and logs.
final class LineReport: RestoreReport {
  func begin(_ batch: BatchDescription) {
    Terminal.say(
      "restoring \(batch.count) picture\(batch.count == 1 ? "" : "s") with \(batch.model) (\(batch.steps) steps) on \(batch.device), "
        + "\(batch.dtype), \(batch.threads) threads")
  }

  func start(_ job: RestoreJob, index: Int, size: String) { Terminal.say("\(job.input): \(size)") }

  func progress(_ job: RestoreJob, _ progress: SamplingProgress, secondsLeft: Double?) {
    guard progress.stage == .denoise, progress.step > 0, progress.tile == 0 else { return }
    let left = secondsLeft.map { ", \(Terminal.duration($0)) left" } ?? ""
    Terminal.say("\(job.input): step \(progress.step) of \(progress.steps)\(left)")
  }

  func finish(_ job: RestoreJob, _ outcome: RestoreOutcome) {
    for warning in outcome.warnings { Terminal.say("\(job.input): warning: \(warning)") }
    Terminal.say(
      "\(job.input): wrote \(job.output), \(outcome.width) × \(outcome.height), in \(Terminal.duration(outcome.seconds))"
    )
  }

  func skip(_ job: RestoreJob) {
    Terminal.say("\(job.input): \(job.output) is there already, skipped (--overwrite makes it anew)")
  }

  func fail(_ job: RestoreJob, _ message: String) { Terminal.say("\(job.input): failed: \(message)") }

  func end(_ summary: BatchSummary) {
    var parts = ["\(summary.done) done"]
    if summary.skipped > 0 { parts.append("\(summary.skipped) skipped") }
    if summary.failed > 0 { parts.append("\(summary.failed) failed") }
    if summary.interrupted { parts.append("stopped by the user") }
    Terminal.say(parts.joined(separator: ", ") + " in \(Terminal.duration(summary.seconds))")
  }
}
