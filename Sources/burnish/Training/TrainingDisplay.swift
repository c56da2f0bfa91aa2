internal import Foundation
internal import Training

/// A run's lines for people: loss, speed, time left, and scores as they come.
final class TrainingDisplay {
  private var secondsPerStep: Double?

  func show(_ run: RunSummary, _ step: Int, _ values: [String: Double]) {
    if let loss = values["loss"], let seconds = values["seconds_per_step"] {
      secondsPerStep = secondsPerStep.map { 0.7 * $0 + 0.3 * seconds } ?? seconds
      let left = Terminal.duration(Double(run.steps - step) * (secondsPerStep ?? seconds))
      Terminal.say(
        String(
          format: "step %d/%d  loss %.5f  %.3f s/step  %.1f images/s  waited %.0f %%  left ", step, run.steps, loss,
          seconds,
          Double(run.picturesPerStep) / max(seconds, 1e-9),
          100 * (values["waited"] ?? 0))
          + left)
    } else {
      let scores = values.filter { $0.key != "step" }.sorted { $0.key < $1.key }
      Terminal.say(
        "step \(step)  "
          + scores.map { String(format: $0.key.contains("gain") ? "%@ %+.3f dB" : "%@ %.5f", $0.key, $0.value) }.joined(
            separator: "  "))
    }
  }
}
