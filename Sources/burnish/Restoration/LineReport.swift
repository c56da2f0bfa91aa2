internal import Restorers
internal import Synchronization

/// Plain lines, for pipes and logs.
final class LineReport: RestoreReport {
  /// Within a step, a line each time that so much time has passed: a large picture has hundreds of tiles.
  private static let pause = Duration.seconds(30)
  private let last = Mutex(ContinuousClock.now)

  func begin(_ batch: BatchDescription) {
    for warning in batch.warnings { Terminal.say("warning: \(warning)") }
    guard batch.count > 0 else { return }
    let steps = batch.steps.map { " (\($0) step\($0 == 1 ? "" : "s"))" } ?? ""
    Terminal.say(
      "restoring \(batch.count) picture\(batch.count == 1 ? "" : "s") with \(batch.model)\(steps) on \(batch.device), "
        + "\(batch.dtype), \(batch.threads) thread\(batch.threads == 1 ? "" : "s")")
  }

  func start(_ job: RestoreJob, _ plan: PicturePlan) {
    last.withLock { $0 = .now }
    let tiles = plan.tile.map { "tiles of \($0)" } ?? "no tiles"
    Terminal.say(
      "\(job.input): \(plan.inputWidth) × \(plan.inputHeight) to \(plan.width) × \(plan.height), \(tiles), "
        + "about \(Terminal.bytes(plan.memory))")
  }

  func progress(_ job: RestoreJob, _ progress: SamplingProgress, secondsLeft: Double?) {
    guard progress.stage == .denoise, progress.step > 0 || progress.tile > 0 else { return }
    let isDue = last.withLock { last in
      guard progress.tile == 0 || last.duration(to: .now) > Self.pause else { return false }
      last = .now
      return true
    }
    guard isDue else { return }
    let step = progress.tile > 0 ? progress.step + 1 : progress.step
    let tile = progress.tile > 0 ? ", tile \(progress.tile) of \(progress.tiles)" : " done"
    let left = progress.fraction < 1 ? secondsLeft.map { ", \(Terminal.duration($0)) left" } ?? "" : ""
    Terminal.say("\(job.input): step \(step) of \(progress.steps)\(tile)\(left)")
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
    Terminal.say(summary.words)
  }
}
