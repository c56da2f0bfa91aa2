/// Implicit sampling (Song et al. 2021): the noise that the prediction implies is kept, and `eta` of it is drawn anew.
///
/// `σ = eta √((1 - Ā_s) / (1 - Ā_t) (1 - Ā_t / Ā_s))`, next `√Ā_s ẑ₀ + √(1 - Ā_s - σ²) ε̂ + σ ε`.
public struct DDIMScheduler: Scheduler {
  /// The `_class_name` of the configurations that this type reads.
  public static let className = "DDIMScheduler"

  /// What the network predicts.
  public let parametrisation: Parametrisation
  /// The noise level at which the network is asked, from the noisiest down.
  public let levels: [NoiseLevel]
  /// What standard normal noise is multiplied by to start from noise alone.
  public let initialNoiseScale = 1.0
  /// The level that the last step leads to.
  public let finalLevel: NoiseLevel
  private let schedule: DiffusionSchedule
  private let targets: [NoiseLevel]
  private let eta: Double

  /// Lays out the steps of one run.
  /// - Parameters:
  ///   - config: The schedule.
  ///   - request: A number of steps, or falling whole times; `eta` is used.
  /// - Throws: `SchedulerError` for settings that this scheduler cannot follow.
  public init(_ config: SchedulerConfig, _ request: StepRequest) throws(SchedulerError) {
    try config.refusePixelSettings()
    schedule = try DiffusionSchedule(config)
    parametrisation = try config.parametrisation()
    let timesteps = try config.wholeTimesteps(request, of: schedule, default: .leading)
    levels = try schedule.levels(timesteps, for: parametrisation)
    guard (0...1).contains(request.eta) else {
      throw SchedulerError(.request, "DDIM was asked for with eta \(request.eta); it goes from 0 (no noise) to 1")
    }
    eta = request.eta
    let last: NoiseLevel
    if config.setAlphaToOne ?? true {
      last = NoiseLevel(timestep: 0, signal: 1, noise: 0)
    } else {
      last = try schedule.level(0)
    }
    finalLevel = last
    // The published form steps back by a fixed stride, which is not the next listed time where N does not divide T.
    var targets: [NoiseLevel] = []
    for (index, timestep) in timesteps.enumerated() {
      let next: Double? =
        switch request.steps {
        case .count(let count): timestep - Double(schedule.count / count)
        default: index + 1 < timesteps.count ? timesteps[index + 1] : nil
        }
      guard let next, next >= 0 else {
        targets.append(last)
        continue
      }
      targets.append(try schedule.level(next))
    }
    self.targets = targets
  }

  /// The level at any time of the training schedule.
  public func level(atTimestep timestep: Double) throws(SchedulerError) -> NoiseLevel { try schedule.level(timestep) }

  /// The weights of a step.
  public func coefficients(_ index: Int, hasPrevious: Bool) -> StepCoefficients {
    let level = levels[index]
    let target = targets[index]
    let remaining = level.signal * level.signal
    let next = target.signal * target.signal
    let variance = level.noise > 0 ? (1 - next) / (1 - remaining) * (1 - remaining / next) : 0
    let fresh = eta * max(variance, 0).squareRoot()
    let kept = max(1 - next - fresh * fresh, 0).squareRoot()
    // ε̂ = (z - √Ā ẑ₀) / √(1 - Ā), put into the sum.
    let weight = level.noise > 0 ? kept / level.noise : 0
    return StepCoefficients(clean: target.signal - weight * level.signal, sample: weight, noise: fresh)
  }
}
