internal import Foundation
internal import Synchronization

/// Which source samples, with which weights, make each sample of a resized axis.
///
/// Computed in double precision; MATLAB's, which are asked for again and again with the same sizes, are kept.
struct ResampleWeights: Sendable {
  /// Source samples for each target sample.
  let taps: Int
  /// `count · taps` source indices, inside the source already.
  let indices: [Int]
  /// `count · taps` weights; each row sums to 1.
  let weights: [Double]
  /// The target length.
  let count: Int

  /// What stands beyond the ends of an axis.
  enum Border {
    /// The end sample again and again.
    case clamp
    /// -1 → 0, -2 → 1.
    case symmetric
    /// -1 → 1, -2 → 2.
    case mirror

    func inside(_ index: Int, _ count: Int) -> Int {
      if index >= 0, index < count { return index }
      switch self {
      case .clamp: return min(max(index, 0), count - 1)
      case .symmetric:
        let wrapped = ((index % (2 * count)) + 2 * count) % (2 * count)
        return wrapped < count ? wrapped : 2 * count - 1 - wrapped
      case .mirror:
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1)
        let wrapped = ((index % period) + period) % period
        return wrapped < count ? wrapped : period - wrapped
      }
    }
  }

  /// Where a target sample's window begins, and its weights before they are scaled to sum 1.
  typealias Window = (first: Int, weights: [Double])

  private struct Key: Hashable {
    let source, target: Int
    let factor: Double
    let antialias: Bool
  }

  private static let cache = Mutex<[Key: ResampleWeights]>([:])
  private static let cacheLimit = 256

  /// The weights of one axis.
  /// - Parameters:
  ///   - method: The kernel and its border.
  ///   - source: Samples there are.
  ///   - target: Samples to make.
  ///   - factor: Target over source as the positions see it; may differ from `target / source`.
  ///   - antialias: Whether `matlabBicubic` stretches its kernel when it shrinks.
  ///   - alignsCorners: The ends of both axes are the same points (PyTorch's `align_corners`); for `bilinear` and `bicubic`.
  static func make(
    _ method: Resampling, from source: Int, to target: Int, factor: Double, antialias: Bool = true,
    alignsCorners: Bool = false
  ) -> ResampleWeights {
    guard method == .matlabBicubic else {
      return ResampleWeights(
        (0..<target).map { window(method, $0, source, target, factor, alignsCorners) }, source: source, border: .clamp)
    }
    let key = Key(source: source, target: target, factor: factor, antialias: antialias)
    if let known = cache.withLock({ $0[key] }) { return known }
    let made = ResampleWeights(
      (0..<target).map { ResampleWindows.matlab($0, factor, antialias) }, source: source, border: .symmetric)
    cache.withLock {
      if $0.count >= cacheLimit { $0.removeAll() }
      $0[key] = made
    }
    return made
  }

  private static func window(
    _ method: Resampling, _ index: Int, _ source: Int, _ target: Int, _ factor: Double, _ alignsCorners: Bool
  ) -> Window {
    let position: () -> Double = {
      guard alignsCorners else { return (Double(index) + 0.5) / factor - 0.5 }
      return target > 1 ? Double(index) * Double(source - 1) / Double(target - 1) : 0
    }
    switch method {
    case .matlabBicubic: return ResampleWindows.matlab(index, factor, true)
    case .bicubic: return ResampleWindows.cubic(position())
    case .bilinear: return ResampleWindows.linear(position())
    case .area: return ResampleWindows.area(index, source, target)
    case .nearest: return ResampleWindows.nearest(index, source, factor)
    case .box: return ResampleWindows.box(index, source, target)
    case .pilBicubic, .antialiasedBicubic:
      return ResampleWindows.cut(index, source, factor, support: 2) { ResampleWindows.keys($0, a: -0.5) }
    case .antialiasedBilinear:
      return ResampleWindows.cut(index, source, factor, support: 1) { max(1 - abs($0), 0) }
    }
  }

  /// - Parameters:
  ///   - rows: A window for each target sample.
  ///   - source: Samples there are.
  ///   - border: What windows find beyond the ends.
  init(_ rows: [Window], source: Int, border: Border) {
    let taps = rows.map(\.weights.count).max() ?? 0
    var indices = [Int](repeating: 0, count: rows.count * taps)
    var weights = [Double](repeating: 0, count: rows.count * taps)
    var place = 0
    for row in rows {
      let sum = row.weights.reduce(0, +)
      for tap in 0..<taps {
        indices[place] = border.inside(row.first + tap, source)
        weights[place] = tap < row.weights.count ? row.weights[tap] / sum : 0
        place += 1
      }
    }
    self.taps = taps
    self.indices = indices
    self.weights = weights
    count = rows.count
  }
}
