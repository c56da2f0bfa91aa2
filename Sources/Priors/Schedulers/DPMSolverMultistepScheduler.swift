import Foundation

/// DPM-Solver++ of first and second order over the predicted clean latents (Lu et al. 2022, "DPM-Solver++", algorithm 2
/// and section 5), and its stochastic form.
///
/// On the variance-preserving scale with `α = 1 / √(1 + σ²)`, `s = σ α`, `λ = ln α - ln s`, `h = λ′ - λ` and `r` the step
/// before over this one: `next = (s′ / s) z - α′ (e⁻ʰ - 1) D` with `D = ẑ₀ + (ẑ₀ - ẑ₀′) / 2r`, or `D = ẑ₀` for the first
/// and the last step. The stochastic form has `e⁻ʰ s′ / s`, `1 - e⁻²ʰ` and noise of `s′ √(1 - e⁻²ʰ)` in these places.
public struct DPMSolverMultistepScheduler: Scheduler {
  /// The `_class_name` of the configurations that this type reads.
  public static let className = "DPMSolverMultistepScheduler"

  /// What the network predicts.
  public let parametrisation: Parametrisation
  /// The noise level at which the network is asked, from the noisiest down.
  public let levels: [NoiseLevel]
  /// What standard normal noise is multiplied by to start from noise alone.
  public let initialNoiseScale = 1.0
  /// The level that the last step leads to.
  public let finalLevel: NoiseLevel
  private let table: SigmaTable
  private let algorithm: Algorithm
  private let order: Int
  private let firstOrderLast: Bool

  private enum Algorithm: String, CaseIterable {
    case ordinary = "dpmsolver++"
    case stochastic = "sde-dpmsolver++"
  }

  /// Lays out the steps of one run.
  /// - Parameters:
  ///   - config: The schedule.
  ///   - request: A number of steps, falling times or falling sigmas.
  /// - Throws: `SchedulerError` for settings that this scheduler cannot follow.
  public init(_ config: SchedulerConfig, _ request: StepRequest) throws(SchedulerError) {
    enum Solver: String, CaseIterable { case midpoint }
    try config.refuse(
      config.thresholding, key: "thresholding", because: "it is for diffusion on pixels, set it to false")
    _ = try config.choice(Solver.self, config.solverType, key: "solver_type", default: .midpoint)
    algorithm = try config.choice(Algorithm.self, config.algorithmType, key: "algorithm_type", default: .ordinary)
    order = config.solverOrder ?? 2
    guard (1...2).contains(order) else {
      throw SchedulerError(.unsupported, "the scheduler configuration has 'solver_order': \(order); known are 1 and 2")
    }
    let final = try config.choice(FinalSigma.self, config.finalSigmasType, key: "final_sigmas_type", default: .zero)
    let schedule = try DiffusionSchedule(config)
    let table = SigmaTable(schedule)
    self.table = table
    parametrisation = try config.parametrisation()
    levels = try Self.sigmas(config, request, table, schedule).map {
      Self.level(timestep: $0.timestep, sigma: $0.sigma)
    }
    finalLevel = Self.level(timestep: 0, sigma: final == .zero ? 0 : table.sigmas[0])
    firstOrderLast =
      final == .zero || config.eulerAtFinal == true || (config.lowerOrderFinal ?? true) && levels.count < 15
  }

  private static func sigmas(
    _ config: SchedulerConfig, _ request: StepRequest, _ table: SigmaTable, _ schedule: DiffusionSchedule
  ) throws(SchedulerError) -> [(timestep: Double, sigma: Double)] {
    let timesteps: [Double]
    switch request.steps {
    case .count(let count):
      let spacing = try config.choice(
        TimestepSpacing.self, config.timestepSpacing, key: "timestep_spacing", default: .linspace)
      let offset = config.stepsOffset ?? 0
      if config.useKarrasSigmas == true {
        guard (1...schedule.count).contains(count) else {
          throw SchedulerError(
            .request, "\(count) steps were asked for; this noise schedule allows 1 to \(schedule.count)")
        }
        let largest = table.sigmas[schedule.count - 1]
        return SigmaTable.karras(from: largest, to: table.sigmas[0], count: count).map { sigma in
          (table.timestep(ofSigma: sigma).rounded(.toNearestOrEven), sigma)
        }
      }
      switch spacing {
      case .trailing:
        timesteps = try spacing.timesteps(count, of: schedule.count, offset: offset, rounded: true)
      case .linspace, .leading:
        // One time more is laid out and the lowest left out: the last step spans its place.
        guard count < schedule.count else {
          throw SchedulerError(
            .request, "\(count) steps were asked for; this noise schedule allows 1 to \(schedule.count - 1)")
        }
        timesteps = try spacing.timesteps(count + 1, of: schedule.count, offset: offset, rounded: true).dropLast()
      }
    case .timesteps(let list):
      try StepRequest.checkFalling(list, name: "times")
      timesteps = list
    case .sigmas(let list):
      try StepRequest.checkFalling(list, name: "sigmas")
      guard list.allSatisfy({ $0 > 0 }) else {
        throw SchedulerError(.request, "the sigmas \(list) must all be above 0; the last level 0 is added by itself")
      }
      return list.map { (table.timestep(ofSigma: $0).rounded(.toNearestOrEven), $0) }
    }
    guard timesteps.allSatisfy({ (0...Double(schedule.count - 1)).contains($0) }) else {
      throw SchedulerError(.request, "the times \(timesteps) do not all lie within 0…\(schedule.count - 1)")
    }
    return timesteps.map { ($0, table.sigma(atTimestep: $0)) }
  }

  private static func level(timestep: Double, sigma: Double) -> NoiseLevel {
    let signal = 1 / (1 + sigma * sigma).squareRoot()
    return NoiseLevel(timestep: timestep, signal: signal, noise: sigma * signal)
  }

  /// The level at any time of the training schedule.
  public func level(atTimestep timestep: Double) throws(SchedulerError) -> NoiseLevel {
    guard (0...Double(table.sigmas.count - 1)).contains(timestep) else {
      throw SchedulerError(
        .request, "time \(timestep) is outside of 0…\(table.sigmas.count - 1), the times of this noise schedule")
    }
    return Self.level(timestep: timestep, sigma: table.sigma(atTimestep: timestep))
  }

  /// The weights of a step.
  public func coefficients(_ index: Int, hasPrevious: Bool) -> StepCoefficients {
    let level = levels[index]
    let isLast = index + 1 == levels.count
    let next = isLast ? finalLevel : levels[index + 1]
    // e⁻ʰ = (σ′ / σ) with σ = s / α; 0 where the step leads to the clean latent.
    let decay = (next.noise / next.signal) / (level.noise / level.signal)
    var weights: StepCoefficients
    switch algorithm {
    case .ordinary:
      weights = StepCoefficients(clean: next.signal * (1 - decay), sample: next.noise / level.noise)
    case .stochastic:
      let renewed = 1 - decay * decay
      weights = StepCoefficients(
        clean: next.signal * renewed, sample: next.noise / level.noise * decay, noise: next.noise * renewed.squareRoot()
      )
    }
    guard hasPrevious, order == 2, index > 0, !(isLast && firstOrderLast), decay > 0 else { return weights }
    let earlier = levels[index - 1]
    let step = -log(decay)
    let stepBefore = log((earlier.noise / earlier.signal) / (level.noise / level.signal))
    let half = weights.clean * 0.5 * step / stepBefore
    weights.clean += half
    weights.previousClean = -half
    return weights
  }
}
