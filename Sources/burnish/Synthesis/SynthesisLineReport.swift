internal import Datasets
internal import Foundation

/// Lines for people; on a terminal with a bar below them.
final class SynthesisLineReport: SynthesisReport {
  /// Without a bar, a line each time that so much time has passed: small pictures come many a second.
  private static let pause = Duration.seconds(5)

  private let drawsBar: Bool
  private let began = ContinuousClock.now
  private var last: ContinuousClock.Instant?
  private var (done, made, count) = (0, 0, 0)

  init(drawsBar: Bool) { self.drawsBar = drawsBar }

  func begin(_ run: SynthesisDescription) {
    for warning in run.warnings { Terminal.say("warning: \(warning)") }
    let (seeds, settings) = (run.share.seeds, run.settings)
    let metrics = settings.metrics.isEmpty ? "nothing" : settings.metrics.map(\.name).joined(separator: ", ")
    Terminal.say(
      "making pairs of \(settings.width)x\(settings.height) in \(run.folder): seeds \(seeds.lowerBound) to "
        + "\(seeds.isEmpty ? seeds.lowerBound : seeds.upperBound - 1), generator \(settings.generator["kind"] ?? ""), "
        + "measured by \(metrics), spoilt by \(settings.degradation.recipe), on \(run.device)")
  }

  func tell(_ event: Synthesis.Event) {
    switch event {
    case .begin(let done, let count):
      (self.done, self.count) = (done, count)
      if done > 0 { Terminal.say("\(done) of \(count) pictures are there already") }
    case .progress(let seed, let step, let steps): draw("seed \(seed), step \(min(step + 1, steps))/\(steps)")
    case .made(let record):
      done += 1
      made += 1
      if drawsBar {
        draw("seed \(record.seed)")
      } else if done == count || last.map({ $0.duration(to: .now) > Self.pause }) ?? true {
        last = .now
        Terminal.say("\(done) of \(count), seed \(record.seed)\(Self.scores(record))\(left)")
      }
    case .failed(let seed, let error):
      clear()
      Terminal.say("seed \(seed): failed: \(ErrorText.of(error))")
    }
  }

  func end(_ summary: Synthesis.Summary) {
    clear()
    var parts = ["\(summary.made) made"]
    if summary.skipped > 0 { parts.append("\(summary.skipped) there already") }
    if summary.failed > 0 { parts.append("\(summary.failed) failed") }
    if summary.interrupted { parts.append("stopped by the user") }
    Terminal.say(parts.joined(separator: ", ") + " in \(Terminal.duration(began.duration(to: .now).seconds))")
  }

  func select(_ finish: Synthesis.Finish, folder: String) {
    switch finish {
    case .finished(let outcome):
      for (name, cut) in outcome.cuts.sorted(by: { $0.key < $1.key }) {
        Terminal.say("\(name): kept \(cut.higherIsBetter ? "from" : "up to") \(Self.short(cut.value))")
      }
      Terminal.say("\(folder): \(outcome.kept) pairs kept, \(outcome.dropped) dropped; see \(PairManifest.fileName)")
    case .incomplete(let missing):
      Terminal.say("\(folder): nothing is selected yet: \(missing.words)")
    }
  }

  private var left: String {
    guard made > 0, done < count else { return "" }
    return ", \(Terminal.duration(began.duration(to: .now).seconds / Double(made) * Double(count - done))) left"
  }

  private static func scores(_ record: PairRecord) -> String {
    guard !record.scores.isEmpty else { return record.flaws.first.map { ": \($0)" } ?? "" }
    return ": "
      + record.scores.sorted { $0.key < $1.key }.map { "\($0.key) \(short($0.value))" }.joined(separator: ", ")
  }

  private static func short(_ score: Double) -> String { String(format: "%.4g", score) }

  private func draw(_ text: String) {
    guard drawsBar, count > 0 else { return }
    Terminal.drawBar(Double(done) / Double(count), " \(done)/\(count), \(text)\(left)")
  }

  private func clear() {
    if drawsBar { Terminal.clearLine() }
  }
}
