public import Priors

extension StarterConfig {
  /// The few-step loop of this model.
  /// - Parameter steps: How many of ``times`` are used, from the noisiest.
  /// - Throws: `SchedulerError` when the model has fewer times than that.
  public func scheduler(steps: Int) throws(SchedulerError) -> RenoisingScheduler {
    var schedule = SchedulerConfig(className: RenoisingScheduler.className)
    // Stable Diffusion's schedule, so that the starter's loop is AddSR's.
    schedule.betaSchedule = "scaled_linear"
    schedule.betaStart = 0.00085
    schedule.betaEnd = 0.012
    schedule.predictionType = "sample"
    schedule.renoisingTimesteps = times
    return try RenoisingScheduler(schedule, StepRequest(.count(steps)))
  }
}
