internal import Evaluation
internal import Foundation
internal import Restorers
internal import Synchronization

/// Who tells the user how an evaluation goes.
protocol EvaluationReport: Sendable {
  func tell(_ event: EvaluationEvent)
}

/// Plain lines, for pipes and logs.
final class EvaluationLines: EvaluationReport {
  func tell(_ event: EvaluationEvent) {
    switch event {
    case .begin(let cells, let pictures, let finished):
      let kept = finished > 0 ? ", \(finished) are done already" : ""
      Terminal.say("\(cells) cell\(cells == 1 ? "" : "s"), \(pictures) picture\(pictures == 1 ? "" : "s") to do\(kept)")
    case .cell(let cell, let pictures, let warnings):
      for warning in warnings { Terminal.say("\(cell.label): warning: \(warning)") }
      Terminal.say("\(cell.label): \(pictures) picture\(pictures == 1 ? "" : "s")")
    case .progress: break
    case .done(let cell, let picture, let seconds, let scores, let notes):
      let numbers = scores.sorted { $0.key < $1.key }.map { "\($0.key) \(String(format: "%.3f", $0.value))" }
      Terminal.say(
        "\(cell.label): \(picture) in \(Terminal.duration(seconds))"
          + (numbers.isEmpty ? "" : ": " + numbers.joined(separator: ", "))
          + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"))
    case .failed(let cell, let picture, let message): Terminal.say("\(cell.label): \(picture): failed: \(message)")
    case .cellFailed(let cell, let pictures, let message):
      Terminal.say("\(cell.label): failed, with all its \(pictures) pictures: \(message)")
    case .end(let summary):
      var parts = ["\(summary.done) done"]
      if summary.finished > 0 { parts.append("\(summary.finished) done before") }
      if summary.failed > 0 { parts.append("\(summary.failed) failed") }
      if summary.interrupted { parts.append("stopped by the user: the same command goes on from here") }
      Terminal.say(parts.joined(separator: ", ") + " in \(Terminal.duration(summary.seconds))")
      Terminal.say("the report is \(summary.page)")
    }
  }
}

/// A bar that is drawn over itself, with the time left; failures and what comes last as lines.
final class EvaluationBar: EvaluationReport {
  private struct State {
    var total = 0
    var done = 0
    var began = ContinuousClock.now
    var cell = ""
  }

  private let state = Mutex(State())
  private let lines = EvaluationLines()

  func tell(_ event: EvaluationEvent) {
    switch event {
    case .begin(_, let pictures, _):
      state.withLock {
        $0.total = pictures
        $0.began = .now
      }
      lines.tell(event)
    case .cell(let cell, _, let warnings):
      clear()
      for warning in warnings { Terminal.say("\(cell.label): warning: \(warning)") }
      draw(cell, "")
    case .progress(let cell, let picture, let progress):
      draw(cell, "\(picture), \(progress.stage) \(min(progress.step + 1, progress.steps))/\(progress.steps)")
    case .done(let cell, let picture, _, _, _):
      state.withLock { $0.done += 1 }
      draw(cell, picture)
    case .failed, .cellFailed:
      let count = if case .cellFailed(_, let pictures, _) = event { pictures } else { 1 }
      state.withLock { $0.done += count }
      clear()
      lines.tell(event)
    case .end:
      clear()
      lines.tell(event)
    }
  }

  private func draw(_ cell: EvaluationEvent.Cell, _ detail: String) {
    let (done, total, began) = state.withLock { ($0.done, $0.total, $0.began) }
    var left = ""
    if done > 0, done < total {
      left = ", \(Terminal.duration(began.duration(to: .now).seconds * Double(total - done) / Double(done))) left"
    }
    let text = " \(done)/\(total)\(left)  \(cell.label)\(detail.isEmpty ? "" : ": \(detail)")"
    let columns = Terminal.width
    let room = max(10, min(24, columns - text.count - 3))
    let filled = total > 0 ? min(room, done * room / total) : room
    let bar = "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: room - filled) + "]" + text
    // Return, erase the line, draw. A line longer than the window would wrap, and could not be drawn over.
    Terminal.write("\r\u{1B}[2K" + bar.prefix(columns - 1))
  }

  private func clear() { Terminal.write("\r\u{1B}[2K") }
}

/// One JSON object a line on standard output.
final class EvaluationJSONLines: EvaluationReport {
  private struct Event: Encodable {
    var event: String
    var dataset: String?
    var sample: String?
    var run: String?
    var picture: String?
    var cells: Int?
    var pictures: Int?
    var stage: String?
    var step: Int?
    var steps: Int?
    var tile: Int?
    var tiles: Int?
    var fraction: Double?
    var seconds: Double?
    var scores: [String: Double]?
    var notes: [String]?
    var warnings: [String]?
    var error: String?
    var done: Int?
    var finished: Int?
    var failed: Int?
    var interrupted: Bool?
    var page: String?

    enum CodingKeys: String, CodingKey {
      case event, dataset, run, picture, cells, pictures, stage, step, steps, tile, tiles, fraction, seconds, scores,
        notes
      case warnings, error, done, finished, failed, interrupted, page
      case sample = "case"
    }

    init(_ event: String, _ cell: EvaluationEvent.Cell? = nil) {
      self.event = event
      (dataset, sample, run) = (cell?.dataset, cell?.sample, cell?.run)
    }
  }

  func tell(_ event: EvaluationEvent) {
    var out: Event
    switch event {
    case .begin(let cells, let pictures, let finished):
      out = Event("begin")
      (out.cells, out.pictures, out.finished) = (cells, pictures, finished)
    case .cell(let cell, let pictures, let warnings):
      out = Event("cell", cell)
      (out.pictures, out.warnings) = (pictures, warnings)
    case .progress(let cell, let picture, let progress):
      out = Event("progress", cell)
      (out.picture, out.stage, out.step, out.steps) = (picture, progress.stage.name, progress.step, progress.steps)
      (out.tile, out.tiles, out.fraction) = (progress.tile, progress.tiles, progress.fraction)
    case .done(let cell, let picture, let seconds, let scores, let notes):
      out = Event("done", cell)
      (out.picture, out.seconds, out.scores, out.notes) = (picture, seconds, scores, notes)
    case .failed(let cell, let picture, let message):
      out = Event("failed", cell)
      (out.picture, out.error) = (picture, message)
    case .cellFailed(let cell, let pictures, let message):
      out = Event("cell_failed", cell)
      (out.pictures, out.error) = (pictures, message)
    case .end(let summary):
      out = Event("end")
      (out.done, out.finished, out.failed) = (summary.done, summary.finished, summary.failed)
      (out.interrupted, out.seconds, out.page) = (summary.interrupted, summary.seconds, summary.page)
    }
    JSONLine.write(out)
  }
}
