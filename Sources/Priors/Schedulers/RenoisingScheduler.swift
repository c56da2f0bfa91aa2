/// A few steps, each of which takes the predicted clean latent and adds fresh noise of the next level.
///
/// This is how AddSR and other distilled models are run: the network answers the clean latent at once, and the next
/// step only corrects it. N steps take the first N times; after the last of them the clean latent is the result.
/// `next = √Ā′ ẑ₀ + √(1 - Ā′) ε`.
public struct RenoisingScheduler: Scheduler {
  /// Burnish's own name: the published folders have no configuration for it.
  public static let className = "RenoisingScheduler"

  /// AddSR's times.
  public static let addsrTimesteps = [999, 749, 499, 249]

  /// What the network predicts.
  public let parametrisation: Parametrisation
  /// The noise level at which the network is asked, from the noisiest down.
  public let levels: [NoiseLevel]
  /// What standard normal noise is multiplied by to start from noise alone.
  public let initialNoiseScale = 1.0
  /// The level that the last step leads to.
  public let finalLevel: NoiseLevel
  private let schedule: DiffusionSchedule

  /// Lays out the steps of one run.
  /// - Parameters:
  ///   - config: The schedule and, in `renoising_timesteps`, the times.
  ///   - request: How many of these times, or other times.
  /// - Throws: `SchedulerError` when more steps are asked for than there are times.
  public init(_ config: SchedulerConfig, _ request: StepRequest) throws(SchedulerError) {
    schedule = try DiffusionSchedule(config)
    parametrisation = try config.parametrisation()
    let times: [Double]
    switch request.steps {
    case .count(let count):
      let all = config.renoisingTimesteps ?? Self.addsrTimesteps
      guard (1...max(all.count, 1)).contains(count), !all.isEmpty else {
        throw SchedulerError(
          .request,
          "\(count) steps were asked of a model that was distilled for 1 to \(all.count); ask for one of these")
      }
      times = all.prefix(count).map { Double($0) }
    case .timesteps(let list): times = list
    case .sigmas: throw SchedulerError(.unsupported, "\(Self.className) takes a number of steps or times, not sigmas")
    }
    levels = try schedule.levels(times, for: parametrisation)
    finalLevel = NoiseLevel(timestep: 0, signal: 1, noise: 0)
  }

  /// The level at any time of the training schedule.
  public func level(atTimestep timestep: Double) throws(SchedulerError) -> NoiseLevel { try schedule.level(timestep) }

  /// The weights of a step.
  public func coefficients(_ index: Int, hasPrevious: Bool) -> StepCoefficients {
    guard index + 1 < levels.count else { return StepCoefficients(clean: 1, sample: 0) }
    let next = levels[index + 1]
    return StepCoefficients(clean: next.signal, sample: 0, noise: next.noise)
  }
}
