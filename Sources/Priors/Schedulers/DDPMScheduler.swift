/// Ancestral sampling (Ho et al. 2020): each step draws from the posterior of the next latent given the predicted clean one.
///
/// From time t to s, with `a = Ā_t / Ā_s`: mean `√Ā_s (1 - a) / (1 - Ā_t) ẑ₀ + √a (1 - Ā_s) / (1 - Ā_t) z`, variance
/// `(1 - Ā_s) / (1 - Ā_t) (1 - a)`. The last step leads to Ā = 1 and answers the clean latent. Used by SeeSR, and with
/// `linspace` spacing it is StableSR's respaced chain.
public struct DDPMScheduler: Scheduler {
  /// The `_class_name` of the configurations that this type reads.
  public static let className = "DDPMScheduler"

  /// What the network predicts.
  public let parametrisation: Parametrisation
  /// The noise level at which the network is asked, from the noisiest down.
  public let levels: [NoiseLevel]
  /// What standard normal noise is multiplied by to start from noise alone.
  public let initialNoiseScale = 1.0
  /// The level that the last step leads to.
  public let finalLevel = NoiseLevel(timestep: 0, signal: 1, noise: 0)
  private let schedule: DiffusionSchedule
  private let variance: Variance

  private enum Variance: String, CaseIterable {
    /// That of the posterior.
    case small = "fixed_small"
    /// That of the forward step.
    case large = "fixed_large"
  }

  /// Lays out the steps of one run.
  /// - Parameters:
  ///   - config: The schedule.
  ///   - request: A number of steps, or falling whole times.
  /// - Throws: `SchedulerError` for settings that this scheduler cannot follow.
  public init(_ config: SchedulerConfig, _ request: StepRequest) throws(SchedulerError) {
    try config.refusePixelSettings()
    schedule = try DiffusionSchedule(config)
    parametrisation = try config.parametrisation()
    variance = try config.choice(Variance.self, config.varianceType, key: "variance_type", default: .small)
    levels = try schedule.levels(
      config.wholeTimesteps(request, of: schedule, default: .leading), for: parametrisation)
  }

  /// The level at any time of the training schedule.
  public func level(atTimestep timestep: Double) throws(SchedulerError) -> NoiseLevel { try schedule.level(timestep) }

  /// The weights of a step.
  public func coefficients(_ index: Int, hasPrevious: Bool) -> StepCoefficients {
    guard index + 1 < levels.count else { return StepCoefficients(clean: 1, sample: 0) }
    let remaining = levels[index].signal * levels[index].signal
    let next = levels[index + 1].signal * levels[index + 1].signal
    let kept = remaining / next
    let scale = (1 - next) / (1 - remaining)
    let added = variance == .large ? 1 - kept : scale * (1 - kept)
    return StepCoefficients(
      clean: levels[index + 1].signal * (1 - kept) / (1 - remaining), sample: kept.squareRoot() * scale,
      noise: max(added, 0).squareRoot())
  }
}

extension SchedulerConfig {
  /// The whole training times of a run.
  func wholeTimesteps(
    _ request: StepRequest, of schedule: DiffusionSchedule, default fallback: TimestepSpacing
  ) throws(SchedulerError) -> [Double] {
    switch request.steps {
    case .count(let count):
      let spacing = try choice(TimestepSpacing.self, timestepSpacing, key: "timestep_spacing", default: fallback)
      return try spacing.timesteps(count, of: schedule.count, offset: stepsOffset ?? 0, rounded: true)
    case .timesteps(let list): return list
    case .sigmas: throw SchedulerError(.unsupported, "\(className) takes a number of steps or times, not sigmas")
    }
  }
}
