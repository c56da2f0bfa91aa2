/// Euler's method on sigmas (Karras et al. 2022, algorithm 2), in which the latent keeps full signal while noise grows.
///
/// `next = ẑ₀ + (σ′ / σ)(x - ẑ₀)`; the network sees `x / √(σ² + 1)`. The usual one of SDXL and SD-Turbo. Churn adds its
/// noise before the network is asked, as in the paper.
public struct EulerDiscreteScheduler: Scheduler {
  /// The `_class_name` of the configurations that this type reads.
  public static let className = "EulerDiscreteScheduler"

  /// What the network predicts.
  public let parametrisation: Parametrisation
  /// The noise level at which the network is asked, from the noisiest down.
  public let levels: [NoiseLevel]
  /// What standard normal noise is multiplied by to start from noise alone.
  public let initialNoiseScale: Double
  /// The level that the last step leads to.
  public let finalLevel: NoiseLevel
  private let table: SigmaTable
  private let arrivals: [NoiseLevel]
  private let churnNoise: Double

  /// Lays out the steps of one run.
  /// - Parameters:
  ///   - config: The schedule.
  ///   - request: A number of steps, falling times (fractions allowed) or falling sigmas; `churn` is used.
  /// - Throws: `SchedulerError` for settings that this scheduler cannot follow.
  public init(_ config: SchedulerConfig, _ request: StepRequest) throws(SchedulerError) {
    enum Between: String, CaseIterable { case linear }
    _ = try config.choice(Between.self, config.interpolationType, key: "interpolation_type", default: .linear)
    let schedule = try DiffusionSchedule(config)
    let table = SigmaTable(schedule)
    self.table = table
    parametrisation = try config.parametrisation()
    let spacing = try config.choice(
      TimestepSpacing.self, config.timestepSpacing, key: "timestep_spacing", default: .linspace)
    let final = try config.choice(FinalSigma.self, config.finalSigmasType, key: "final_sigmas_type", default: .zero)

    let arrivals = try table.levels(config, request, spacing: spacing, of: schedule)
    let largest = arrivals.map(\.noise).max() ?? 0
    // Published starts differ: 'leading' begins below the last time and is given a latent of unit length there.
    initialNoiseScale = spacing == .leading ? (largest * largest + 1).squareRoot() : largest
    finalLevel = NoiseLevel(timestep: 0, signal: 1, noise: final == .zero ? 0 : table.sigmas[0])
    self.arrivals = arrivals
    levels = arrivals.map { level in
      let gamma = request.churn?.gamma(sigma: level.noise, steps: arrivals.count) ?? 0
      guard gamma > 0 else { return level }
      let raised = level.noise * (1 + gamma)
      return NoiseLevel(timestep: table.timestep(ofSigma: raised), signal: 1, noise: raised)
    }
    churnNoise = request.churn?.noiseScale ?? 1
  }

  /// The level of a latent that arrives at a step, before churn.
  public func arrivalLevel(_ index: Int) -> NoiseLevel { arrivals[index] }

  /// How much fresh noise is added before the network is asked.
  public func churnScale(_ index: Int) -> Double {
    let before = arrivals[index].noise
    let after = levels[index].noise
    return after > before ? churnNoise * (after * after - before * before).squareRoot() : 0
  }

  /// The level at any time of the training schedule.
  public func level(atTimestep timestep: Double) throws(SchedulerError) -> NoiseLevel {
    guard timestep >= 0, timestep <= Double(table.sigmas.count - 1) else {
      throw SchedulerError(
        .request, "time \(timestep) is outside of 0…\(table.sigmas.count - 1), the times of this noise schedule")
    }
    return NoiseLevel(timestep: timestep, signal: 1, noise: table.sigma(atTimestep: timestep))
  }

  /// The weights of a step.
  public func coefficients(_ index: Int, hasPrevious: Bool) -> StepCoefficients {
    let next = index + 1 < arrivals.count ? arrivals[index + 1].noise : finalLevel.noise
    let kept = next / levels[index].noise
    return StepCoefficients(clean: 1 - kept, sample: kept)
  }
}

extension SigmaTable {
  /// The levels of a run, with full signal.
  func levels(
    _ config: SchedulerConfig, _ request: StepRequest, spacing: TimestepSpacing, of schedule: DiffusionSchedule
  ) throws(SchedulerError) -> [NoiseLevel] {
    var timesteps: [Double]
    switch request.steps {
    case .count(let count):
      timesteps = try spacing.timesteps(count, of: schedule.count, offset: config.stepsOffset ?? 0, rounded: false)
    case .timesteps(let list):
      try StepRequest.checkFalling(list, name: "times")
      guard list.allSatisfy({ (0...Double(sigmas.count - 1)).contains($0) }) else {
        throw SchedulerError(.request, "the times \(list) do not all lie within 0…\(sigmas.count - 1)")
      }
      timesteps = list
    case .sigmas(let list):
      try StepRequest.checkFalling(list, name: "sigmas")
      guard list.allSatisfy({ $0 > 0 }) else {
        throw SchedulerError(.request, "the sigmas \(list) must all be above 0; the last level 0 is added by itself")
      }
      return list.map { NoiseLevel(timestep: timestep(ofSigma: $0), signal: 1, noise: $0) }
    }
    var levels = timesteps.map { sigma(atTimestep: $0) }
    if config.useKarrasSigmas == true, let first = levels.first, let last = levels.last {
      levels = Self.karras(from: first, to: last, count: levels.count)
      timesteps = levels.map { timestep(ofSigma: $0) }
    }
    return zip(timesteps, levels).map { NoiseLevel(timestep: $0, signal: 1, noise: $1) }
  }
}
