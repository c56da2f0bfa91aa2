/// Which scheduler a `_class_name` means: the one table.
public enum SchedulerRegistry {
  /// All schedulers, by the `_class_name` of their configurations.
  public static let types: [String: any Scheduler.Type] = [
    DDPMScheduler.className: DDPMScheduler.self,
    DDIMScheduler.className: DDIMScheduler.self,
    EulerDiscreteScheduler.className: EulerDiscreteScheduler.self,
    DPMSolverMultistepScheduler.className: DPMSolverMultistepScheduler.self,
    FlowMatchEulerScheduler.className: FlowMatchEulerScheduler.self,
    RenoisingScheduler.className: RenoisingScheduler.self,
  ]
}

extension SchedulerConfig {
  /// The scheduler that `_class_name` names, laid out for one run.
  /// - Parameter request: How many steps, or which.
  /// - Throws: `SchedulerError` for an unknown name or settings that the scheduler cannot follow.
  public func makeScheduler(_ request: StepRequest) throws(SchedulerError) -> any Scheduler {
    guard let type = SchedulerRegistry.types[className] else {
      let known = SchedulerRegistry.types.keys.sorted().joined(separator: ", ")
      throw SchedulerError(.unsupported, "there is no scheduler '\(className)'; known are \(known)")
    }
    return try type.init(self, request)
  }

  /// The scheduler that `_class_name` names, for a number of steps.
  /// - Parameters:
  ///   - steps: At least 1.
  ///   - mu: Rectified flow with dynamic shifting: the shift for this picture's size.
  ///   - eta: DDIM: 0 adds no noise, 1 adds as much as DDPM.
  /// - Throws: `SchedulerError` for an unknown name or settings that the scheduler cannot follow.
  public func makeScheduler(steps: Int, mu: Double? = nil, eta: Double = 0) throws(SchedulerError) -> any Scheduler {
    try makeScheduler(StepRequest(.count(steps), mu: mu, eta: eta))
  }

  /// The scheduler that `_class_name` names, for given times.
  /// - Parameters:
  ///   - timesteps: From the noisiest down.
  ///   - eta: DDIM: 0 adds no noise, 1 adds as much as DDPM.
  /// - Throws: `SchedulerError` for an unknown name or settings that the scheduler cannot follow.
  public func makeScheduler(timesteps: [Double], eta: Double = 0) throws(SchedulerError) -> any Scheduler {
    try makeScheduler(StepRequest(.timesteps(timesteps), eta: eta))
  }

  /// The scheduler that `_class_name` names, for given noise levels.
  /// - Parameters:
  ///   - sigmas: From the noisiest down, without the last level 0.
  ///   - mu: Rectified flow with dynamic shifting: the shift for this picture's size.
  /// - Throws: `SchedulerError` for an unknown name or settings that the scheduler cannot follow.
  public func makeScheduler(sigmas: [Double], mu: Double? = nil) throws(SchedulerError) -> any Scheduler {
    try makeScheduler(StepRequest(.sigmas(sigmas), mu: mu))
  }
}
