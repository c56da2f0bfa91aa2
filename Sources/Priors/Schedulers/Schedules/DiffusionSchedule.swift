import Foundation

/// How much signal is left at each of the training times of a discrete diffusion model.
public struct DiffusionSchedule: Sendable {
  /// Ā: the squared signal at each training time, products of float32 variances held in double precision.
  public let alphasCumprod: [Double]

  /// Reads the variances of a configuration.
  /// - Parameter config: `beta_*`, `trained_betas`, `num_train_timesteps` and `rescale_betas_zero_snr` are used.
  /// - Throws: `SchedulerError` for variances outside of 0…1 or an unknown schedule.
  public init(_ config: SchedulerConfig) throws(SchedulerError) {
    let betas: [Float]
    if let trained = config.trainedBetas {
      betas = trained.map { Float($0) }
    } else {
      let count = config.numTrainTimesteps ?? 1000
      guard (1...1_000_000).contains(count) else {
        throw SchedulerError(.configuration, "'num_train_timesteps' is \(count); it must be between 1 and 1000000")
      }
      let kind = try config.choice(BetaSchedule.self, config.betaSchedule, key: "beta_schedule", default: .linear)
      let start = config.betaStart ?? 0.0001
      let end = config.betaEnd ?? 0.02
      guard start >= 0, end >= 0 else {
        throw SchedulerError(.configuration, "'beta_start' \(start) and 'beta_end' \(end) must not be negative")
      }
      betas = kind.betas(count: count, start: start, end: end)
    }
    guard !betas.isEmpty, betas.allSatisfy({ $0 >= 0 && $0 < 1 }) else {
      throw SchedulerError(.configuration, "the variances of a noise schedule must be numbers from 0 up to below 1")
    }
    var product = 1.0
    let products = betas.map { beta in
      product *= Double(1 - beta)
      return Double(Float(product))
    }
    alphasCumprod = config.rescaleBetasZeroSNR == true ? Self.withoutFinalSignal(products) : products
  }

  init(alphasCumprod: [Double]) { self.alphasCumprod = alphasCumprod }

  /// Shifts and stretches the signal so that the last time has none and the first keeps what it has (Lin et al. 2023,
  /// "Common diffusion noise schedules and sample steps are flawed", algorithm 1).
  private static func withoutFinalSignal(_ alphasCumprod: [Double]) -> [Double] {
    let signals = alphasCumprod.map { $0.squareRoot() }
    guard let first = signals.first, let last = signals.last, first > last else { return alphasCumprod }
    return signals.map { signal in
      let rescaled = (signal - last) * first / (first - last)
      return rescaled * rescaled
    }
  }

  /// The same schedule with a last time that keeps a trace of signal: sigma stays finite.
  func withFiniteSigmas() -> DiffusionSchedule {
    guard let last = alphasCumprod.last, last <= 0 else { return self }
    return DiffusionSchedule(alphasCumprod: alphasCumprod.dropLast() + [0x1p-24])
  }

  /// The number of training times.
  public var count: Int { alphasCumprod.count }

  /// Noise over signal at each training time.
  public var sigmas: [Double] { alphasCumprod.map { ((1 - $0) / $0).squareRoot() } }

  /// The variance-preserving level at a training time.
  /// - Parameter timestep: A whole number below ``count``.
  /// - Throws: `SchedulerError` for any other.
  public func level(_ timestep: Double) throws(SchedulerError) -> NoiseLevel {
    guard let index = Int(exactly: timestep), alphasCumprod.indices.contains(index) else {
      throw SchedulerError(
        .request, "time \(timestep) is not a whole number from 0 to \(count - 1), the times of this noise schedule")
    }
    let remaining = alphasCumprod[index]
    return NoiseLevel(timestep: timestep, signal: remaining.squareRoot(), noise: (1 - remaining).squareRoot())
  }

  /// The levels at training times that must fall from one to the next, and at which the network's prediction must say
  /// something of the clean latent.
  func levels(_ timesteps: [Double], for parametrisation: Parametrisation) throws(SchedulerError) -> [NoiseLevel] {
    try StepRequest.checkFalling(timesteps, name: "times")
    var levels: [NoiseLevel] = []
    for timestep in timesteps { levels.append(try level(timestep)) }
    if parametrisation == .epsilon, let empty = levels.first(where: { $0.signal == 0 }) {
      throw SchedulerError(
        .configuration,
        "time \(empty.timestep) holds no signal ('rescale_betas_zero_snr'), so that a prediction of the noise says nothing; "
          + "such a schedule needs 'prediction_type': 'v_prediction'")
    }
    return levels
  }
}

extension StepRequest {
  /// Throws unless a list has entries, all finite and each smaller than the one before.
  static func checkFalling(_ list: [Double], name: String) throws(SchedulerError) {
    guard !list.isEmpty, list.allSatisfy(\.isFinite), zip(list, list.dropFirst()).allSatisfy({ $0 > $1 }) else {
      throw SchedulerError(
        .request, "a run was asked for with the \(name) \(list); they must fall from one to the next")
    }
  }
}
