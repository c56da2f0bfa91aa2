/// How the times of a run are picked from those of training.
public enum TimestepSpacing: String, Sendable, CaseIterable {
  /// Evenly from the last time to the first, both included.
  case linspace
  /// Every `T / N`-th from the first on, plus an offset: the last times are left out.
  case leading
  /// Every `T / N`-th from the last on: the first times are left out.
  case trailing

  /// `count` times, from the largest down.
  /// - Parameters:
  ///   - count: At least 1, at most `total`.
  ///   - total: The number of training times.
  ///   - offset: Added to the times of `leading`.
  ///   - rounded: Whether the times of `linspace` are whole numbers. Those of the others always are.
  /// - Throws: `SchedulerError` when there are not that many times.
  func timesteps(_ count: Int, of total: Int, offset: Int, rounded: Bool) throws(SchedulerError) -> [Double] {
    guard (1...max(total, 1)).contains(count) else {
      throw SchedulerError(.request, "\(count) steps were asked for; this noise schedule allows 1 to \(total)")
    }
    let indices = 0..<count
    switch self {
    case .linspace:
      guard count > 1 else { return [Double(total - 1)] }
      let step = Double(total - 1) / Double(count - 1)
      return indices.reversed().map { index in
        let time = index == count - 1 ? Double(total - 1) : Double(index) * step
        return rounded ? time.rounded(.toNearestOrEven) : time
      }
    case .leading:
      let step = total / count
      return indices.reversed().map { Double($0 * step + offset) }
    case .trailing:
      let step = Double(total) / Double(count)
      return indices.map { (Double(total) - Double($0) * step).rounded(.toNearestOrEven) - 1 }
    }
  }
}
