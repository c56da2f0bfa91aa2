import Foundation

/// Euler's method for rectified flow, `z = (1 - σ) ẑ₀ + σ ε`: SD3 and FLUX.1.
///
/// `next = z + (σ′ - σ) v` with `v = (z - ẑ₀) / σ`, or with fresh noise `(1 - σ′) ẑ₀ + σ′ ε`. The network is told 1000 σ;
/// FLUX.1 wants σ, which its own adapter divides out. Levels are bent towards noise by a static shift s,
/// `σ → s σ / (1 + (s - 1) σ)`, or by `mu`, which grows with the picture: `σ → e^mu / (e^mu + 1/σ - 1)`.
public struct FlowMatchEulerScheduler: Scheduler {
  /// The `_class_name` of the configurations that this type reads.
  public static let className = "FlowMatchEulerDiscreteScheduler"

  /// What the network predicts.
  public let parametrisation = Parametrisation.flow
  /// The noise level at which the network is asked, from the noisiest down.
  public let levels: [NoiseLevel]
  /// What standard normal noise is multiplied by to start from noise alone.
  public let initialNoiseScale = 1.0
  /// The level that the last step leads to.
  public let finalLevel = NoiseLevel(timestep: 0, signal: 1, noise: 0)
  private let trainCount: Int
  private let isStochastic: Bool

  private enum TimeShift: String, CaseIterable { case exponential, linear }

  /// Lays out the steps of one run.
  /// - Parameters:
  ///   - config: The schedule.
  ///   - request: A number of steps, or falling sigmas (or times, 1000 times as large) before any shift; with dynamic
  ///     shifting, `mu` is needed.
  /// - Throws: `SchedulerError` for settings that this scheduler cannot follow.
  public init(_ config: SchedulerConfig, _ request: StepRequest) throws(SchedulerError) {
    try config.refuse(
      config.useKarrasSigmas, key: "use_karras_sigmas", because: "rectified flow is run on its own levels")
    trainCount = config.numTrainTimesteps ?? 1000
    guard trainCount > 0 else {
      throw SchedulerError(.configuration, "'num_train_timesteps' is \(trainCount); it must be above 0")
    }
    isStochastic = config.stochasticSampling ?? false
    let train = Double(trainCount)
    let bend = try Self.bend(config, mu: request.mu)

    var sigmas: [Double]
    switch request.steps {
    case .count(let count):
      guard (1...trainCount).contains(count) else {
        throw SchedulerError(.request, "\(count) steps were asked for; this noise schedule allows 1 to \(trainCount)")
      }
      // The table of training times is bent once; the steps lie evenly between its ends and are bent again, as published.
      let lowest = config.useDynamicShifting == true ? 1 / train : bend(1 / train)
      sigmas = (0..<count).map { count == 1 ? 1 : 1 - Double($0) / Double(count - 1) * (1 - lowest) }
    case .sigmas(let list): sigmas = list
    case .timesteps(let list): sigmas = list.map { $0 / train }
    }
    try StepRequest.checkFalling(sigmas, name: "sigmas")
    guard sigmas.allSatisfy({ $0 > 0 && $0 <= 1 }) else {
      throw SchedulerError(
        .request,
        "the sigmas \(sigmas) of rectified flow must lie above 0 and not above 1; the last level 0 is added by itself")
    }
    sigmas = sigmas.map(bend)
    if let terminal = config.shiftTerminal, let last = sigmas.last, last < 1 {
      let stretch = (1 - last) / (1 - terminal)
      sigmas = sigmas.map { 1 - (1 - $0) / stretch }
    }
    levels = sigmas.map { NoiseLevel(timestep: $0 * train, signal: 1 - $0, noise: $0) }
  }

  private static func bend(_ config: SchedulerConfig, mu: Double?) throws(SchedulerError) -> (Double) -> Double {
    guard config.useDynamicShifting == true else {
      let shift = config.shift ?? 1
      guard shift > 0 else { throw SchedulerError(.configuration, "'shift' is \(shift); it must be above 0") }
      return { shift * $0 / (1 + (shift - 1) * $0) }
    }
    guard let mu else {
      throw SchedulerError(
        .request,
        "this schedule shifts with the picture's size; give mu, which the configuration derives from the tokens")
    }
    let kind = try config.choice(TimeShift.self, config.timeShiftType, key: "time_shift_type", default: .exponential)
    let weight = kind == .exponential ? exp(mu) : mu
    guard weight > 0, weight.isFinite else {
      throw SchedulerError(
        .request, "mu \(mu) gives no usable shift; it is 0.5 to 3.2 for pictures of 256 to 2048 pixels")
    }
    return { weight / (weight + (1 / $0 - 1)) }
  }

  /// The level at any time of the training schedule.
  public func level(atTimestep timestep: Double) throws(SchedulerError) -> NoiseLevel {
    let sigma = timestep / Double(trainCount)
    guard (0...1).contains(sigma) else {
      throw SchedulerError(.request, "time \(timestep) is outside of 0…\(trainCount), the times of this noise schedule")
    }
    return NoiseLevel(timestep: timestep, signal: 1 - sigma, noise: sigma)
  }

  /// The weights of a step.
  public func coefficients(_ index: Int, hasPrevious: Bool) -> StepCoefficients {
    let next = index + 1 < levels.count ? levels[index + 1].noise : 0
    if isStochastic { return StepCoefficients(clean: 1 - next, sample: 0, noise: next) }
    let kept = next / levels[index].noise
    return StepCoefficients(clean: 1 - kept, sample: kept)
  }
}

extension SchedulerConfig {
  /// Rectified flow with dynamic shifting: `mu` for a picture, on the line through (`base_image_seq_len`, `base_shift`)
  /// and (`max_image_seq_len`, `max_shift`).
  /// - Parameter tokens: Picture tokens that the transformer sees; for FLUX.1 a token is 16 × 16 pixels.
  public func dynamicShift(tokens: Int) -> Double {
    let low = Double(baseImageSeqLen ?? 256)
    let high = Double(maxImageSeqLen ?? 4096)
    let bottom = baseShift ?? 0.5
    let top = maxShift ?? 1.15
    return high == low ? bottom : bottom + (Double(tokens) - low) * (top - bottom) / (high - low)
  }

  /// `1, 1 - 1/N, …, 1/N`: the levels before any shift at which FLUX.1 takes N steps.
  /// - Parameter count: At least 1.
  public static func evenSigmas(_ count: Int) -> [Double] {
    (0..<max(count, 1)).map { 1 - Double($0) / Double(max(count, 1)) }
  }
}
