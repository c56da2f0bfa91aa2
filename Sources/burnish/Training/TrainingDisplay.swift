internal import Foundation

/// A run's lines for people: loss, speed, time left, and scores as they come.
final class TrainingDisplay {
  private let steps: Int
  private var secondsPerStep: Double?

  init(steps: Int) { self.steps = steps }

  func show(_ step: Int, _ values: [String: Double]) {
    if let loss = values["loss"], let seconds = values["seconds_per_step"] {
      secondsPerStep = secondsPerStep.map { 0.7 * $0 + 0.3 * seconds } ?? seconds
      let left = Terminal.duration(Double(steps - step) * (secondsPerStep ?? seconds))
      Terminal.say(
        String(
          format: "step %d/%d  loss %.5f  %.3f s/step  waited %.0f %%  left ", step, steps, loss, seconds,
          100 * (values["waited"] ?? 0))
          + left)
    } else {
      let scores = values.filter { $0.key != "step" }.sorted { $0.key < $1.key }
      Terminal.say(
        "step \(step)  " + scores.map { String(format: "%@ %+.3f dB", $0.key, $0.value) }.joined(separator: "  "))
    }
  }
}
