/// How many steps a run takes, or which.
public struct StepRequest: Sendable, Equatable {
  /// Where the steps come from.
  public enum Steps: Sendable, Equatable {
    /// So many, placed by the schedule's own spacing.
    case count(Int)
    /// At these times, from the noisiest down.
    case timesteps([Double])
    /// At these noise levels, from the noisiest down, without the last level 0.
    case sigmas([Double])
  }

  /// Where the steps come from.
  public var steps: Steps
  /// Rectified flow with dynamic shifting: the shift for this picture's size, see ``SchedulerConfig/dynamicShift(tokens:)``.
  public var mu: Double?
  /// DDIM: 0 adds no noise, 1 adds as much as DDPM.
  public var eta: Double
  /// Euler: extra noise before each step.
  public var churn: Churn?

  /// A request.
  /// - Parameters:
  ///   - steps: Where the steps come from.
  ///   - mu: Rectified flow with dynamic shifting: the shift for this picture's size.
  ///   - eta: DDIM: 0 adds no noise, 1 adds as much as DDPM.
  ///   - churn: Euler: extra noise before each step.
  public init(_ steps: Steps, mu: Double? = nil, eta: Double = 0, churn: Churn? = nil) {
    self.steps = steps
    self.mu = mu
    self.eta = eta
    self.churn = churn
  }
}
