internal import Datasets
internal import Foundation

/// One JSON object a line on standard output.
final class SynthesisJSONReport: SynthesisReport {
  private struct Event: Encodable {
    var event: String
    var output: String?
    var shard: String?
    var settingsHash: String?
    var device: String?
    var dtype: String?
    var warnings: [String]?
    var firstSeed: UInt64?
    var count: Int?
    var seed: UInt64?
    var step: Int?
    var steps: Int?
    var record: PairRecord?
    var error: String?
    var done: Int?
    var made: Int?
    var skipped: Int?
    var failed: Int?
    var interrupted: Bool?
    var kept: Int?
    var dropped: Int?
    var missing: Int?
    var seeds: [UInt64]?
    var cuts: [String: Double]?
  }

  func begin(_ run: SynthesisDescription) {
    JSONLine.write(
      Event(
        event: "begin", output: run.folder, shard: run.share.name, settingsHash: run.settings.hash, device: run.device,
        dtype: run.dtype, warnings: run.warnings, firstSeed: run.share.seeds.lowerBound, count: run.share.seeds.count))
  }

  func tell(_ event: Synthesis.Event) {
    switch event {
    case .begin(let done, let count): JSONLine.write(Event(event: "start", count: count, done: done))
    case .progress(let seed, let step, let steps):
      JSONLine.write(Event(event: "progress", seed: seed, step: step, steps: steps))
    case .made(let record): JSONLine.write(Event(event: "made", seed: record.seed, record: record))
    case .failed(let seed, let error):
      JSONLine.write(Event(event: "failed", seed: seed, error: ErrorText.of(error)))
    }
  }

  func end(_ summary: Synthesis.Summary) {
    JSONLine.write(
      Event(
        event: "end", made: summary.made, skipped: summary.skipped, failed: summary.failed,
        interrupted: summary.interrupted))
  }

  func select(_ finish: Synthesis.Finish, folder: String) {
    switch finish {
    case .finished(let outcome):
      JSONLine.write(
        Event(
          event: "selected", output: folder, kept: outcome.kept, dropped: outcome.dropped,
          cuts: outcome.cuts.mapValues(\.value)))
    case .incomplete(let missing):
      JSONLine.write(Event(event: "incomplete", output: folder, missing: missing.count, seeds: missing.first))
    }
  }
}
