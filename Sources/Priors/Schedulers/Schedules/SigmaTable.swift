import Foundation

/// The way between training times and sigma, noise over signal, at and between the entries of a schedule.
struct SigmaTable: Sendable {
  /// Rising; entry t belongs to training time t.
  let sigmas: [Double]

  init(_ schedule: DiffusionSchedule) { sigmas = schedule.withFiniteSigmas().sigmas }

  /// The sigma of a time, evenly between two entries; times outside of the table take its ends.
  func sigma(atTimestep timestep: Double) -> Double {
    let place = min(max(timestep, 0), Double(sigmas.count - 1))
    let lower = Int(place)
    let upper = min(lower + 1, sigmas.count - 1)
    let part = place - Double(lower)
    return part == 0 ? sigmas[lower] : sigmas[lower] + part * (sigmas[upper] - sigmas[lower])
  }

  /// The time of a sigma, evenly in its logarithm between two entries; sigmas outside of the table take its ends.
  func timestep(ofSigma sigma: Double) -> Double {
    guard let upper = sigmas.firstIndex(where: { $0 >= sigma }) else { return Double(sigmas.count - 1) }
    guard upper > 0 else { return 0 }
    let low = log(sigmas[upper - 1])
    let high = log(sigmas[upper])
    return Double(upper - 1) + (log(sigma) - low) / (high - low)
  }

  /// `count` sigmas from the largest down, evenly in the 7th root (Karras et al. 2022, equation 5).
  static func karras(from largest: Double, to smallest: Double, count: Int) -> [Double] {
    guard count > 1 else { return [largest] }
    let rho = 7.0
    let top = pow(largest, 1 / rho)
    let bottom = pow(smallest, 1 / rho)
    return (0..<count).map { pow(top + Double($0) / Double(count - 1) * (bottom - top), rho) }
  }
}

/// What the last step of a run on sigmas leads to.
enum FinalSigma: String, CaseIterable {
  /// The clean latent.
  case zero
  /// The smallest sigma of training.
  case minimum = "sigma_min"
}
