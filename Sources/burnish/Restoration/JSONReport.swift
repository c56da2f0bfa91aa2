internal import Foundation
internal import Restorers

/// One JSON object a line on standard output.
final class JSONReport: RestoreReport {
  private struct Event: Encodable {
    var event: String
    var input: String?
    var output: String?
    var index: Int?
    var count: Int?
    var model: String?
    var folder: String?
    var device: String?
    var dtype: String?
    var threads: Int?
    var inputWidth: Int?
    var inputHeight: Int?
    var memory: Int?
    var stage: String?
    var step: Int?
    var steps: Int?
    var tile: Int?
    var tiles: Int?
    var fraction: Double?
    var secondsLeft: Double?
    var width: Int?
    var height: Int?
    var seconds: Double?
    var warnings: [String]?
    var error: String?
    var done: Int?
    var skipped: Int?
    var failed: Int?
    var interrupted: Bool?
  }

  func begin(_ batch: BatchDescription) {
    emit(
      Event(
        event: "begin", count: batch.count, model: batch.model, folder: batch.folder, device: batch.device,
        dtype: batch.dtype, threads: batch.threads, steps: batch.steps, warnings: batch.warnings))
  }

  func start(_ job: RestoreJob, _ plan: PicturePlan) {
    emit(
      Event(
        event: "start", input: job.input, output: job.output, index: plan.index, inputWidth: plan.inputWidth,
        inputHeight: plan.inputHeight, memory: plan.memory, tile: plan.tile, width: plan.width, height: plan.height))
  }

  func progress(_ job: RestoreJob, _ progress: SamplingProgress, secondsLeft: Double?) {
    emit(
      Event(
        event: "progress", input: job.input, stage: progress.stage.name, step: progress.step, steps: progress.steps,
        tile: progress.tile, tiles: progress.tiles, fraction: progress.fraction, secondsLeft: secondsLeft))
  }

  func finish(_ job: RestoreJob, _ outcome: RestoreOutcome) {
    emit(
      Event(
        event: "done", input: job.input, output: job.output, width: outcome.width, height: outcome.height,
        seconds: outcome.seconds,
        warnings: outcome.warnings))
  }

  func skip(_ job: RestoreJob) { emit(Event(event: "skipped", input: job.input, output: job.output)) }

  func fail(_ job: RestoreJob, _ message: String) {
    emit(Event(event: "failed", input: job.input, output: job.output, error: message))
  }

  func end(_ summary: BatchSummary) {
    emit(
      Event(
        event: "end", seconds: summary.seconds, done: summary.done, skipped: summary.skipped, failed: summary.failed,
        interrupted: summary.interrupted))
  }

  private func emit(_ event: Event) { JSONLine.write(event) }
}
