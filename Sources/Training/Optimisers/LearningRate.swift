internal import Foundation

/// The learning rate over a run: a straight rise, then a course of one's choice.
public struct LearningRate: Sendable {
  /// How the rate goes on after its rise.
  public enum Course: String, Sendable, Codable, CaseIterable {
    /// Half a cosine down to the floor.
    case cosine
    /// A straight line down to the floor.
    case linear
    /// As high as it is.
    case constant
  }

  /// The highest rate.
  public var peak: Double
  /// Steps of the rise.
  public var warmup: Int
  /// Steps of the whole run.
  public var steps: Int
  /// How the rate goes on after its rise.
  public var course: Course
  /// The rate at the end, as a part of the peak.
  public var floor = 0.01

  /// A schedule of `steps` steps.
  public init(peak: Double, warmup: Int, steps: Int, course: Course = .cosine) {
    self.peak = peak
    self.warmup = warmup
    self.steps = steps
    self.course = course
  }

  /// The rate of step `step`, counted from 0.
  public func rate(at step: Int) -> Double {
    if step < warmup { return peak * Double(step + 1) / Double(warmup) }
    let progress = min(1, Double(step - warmup) / Double(max(steps - warmup, 1)))
    switch course {
    case .cosine: return peak * (floor + (1 - floor) * 0.5 * (1 + cos(.pi * progress)))
    case .linear: return peak * (1 - (1 - floor) * progress)
    case .constant: return peak
    }
  }
}
