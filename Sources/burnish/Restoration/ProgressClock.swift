internal import Foundation
internal import Restorers
internal import Synchronization

/// Tells the time left from the time taken so far.
final class ProgressClock: Sendable {
  private let began = Mutex<ContinuousClock.Instant?>(nil)

  /// Seconds until the denoising is through; nil before a first part of it is.
  func secondsLeft(_ progress: SamplingProgress) -> Double? {
    guard progress.stage == .denoise else { return nil }
    return began.withLock { began in
      guard let start = began else {
        began = .now
        return nil
      }
      guard progress.fraction > 0 else { return nil }
      return start.duration(to: .now).seconds * (1 - progress.fraction) / progress.fraction
    }
  }
}

extension Duration {
  /// In seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
