internal import Foundation

/// The learning rate over a run: a straight rise, then half a cosine down to a floor.
public struct LearningRate: Sendable {
  /// The highest rate.
  public var peak: Double
  /// Steps of the rise.
  public var warmup: Int
  /// Steps of the whole run.
  public var steps: Int
  /// The rate at the end, as a part of the peak.
  public var floor = 0.01

  /// A schedule of `steps` steps.
  public init(peak: Double, warmup: Int, steps: Int) {
    self.peak = peak
    self.warmup = warmup
    self.steps = steps
  }

  /// The rate of step `step`, counted from 0.
  public func rate(at step: Int) -> Double {
    if step < warmup { return peak * Double(step + 1) / Double(warmup) }
    let progress = min(1, Double(step - warmup) / Double(max(steps - warmup, 1)))
    return peak * (floor + (1 - floor) * 0.5 * (1 + cos(.pi * progress)))
  }
}
