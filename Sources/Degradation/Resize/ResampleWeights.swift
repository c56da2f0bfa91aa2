internal import Foundation
internal import Synchronization

/// Which source samples, with which weights, make each sample of a resized axis.
///
/// Computed in double precision, once for each (method, length, target length, factor), and kept.
struct ResampleWeights: Sendable {
  /// Source samples for each target sample.
  let taps: Int
  /// `count · taps` source indices, inside the source already.
  let indices: [Int]
  /// `count · taps` weights; each row sums to 1.
  let weights: [Double]
  /// The target length.
  let count: Int

  private struct Key: Hashable {
    let method: Resampling
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
  static func make(
    _ method: Resampling, from source: Int, to target: Int, factor: Double, antialias: Bool = true
  ) -> ResampleWeights {
    let key = Key(method: method, source: source, target: target, factor: factor, antialias: antialias)
    if let known = cache.withLock({ $0[key] }) { return known }
    let rows: [(first: Int, weights: [Double])] = (0..<target).map { index in
      switch method {
      case .matlabBicubic: matlab(index, factor, antialias)
      case .bicubic: cubic(index, factor)
      case .bilinear: linear(index, factor)
      case .area: area(index, source, target)
      }
    }
    let made = ResampleWeights(rows, source: source, reflecting: method == .matlabBicubic)
    cache.withLock {
      if $0.count >= cacheLimit { $0.removeAll() }
      $0[key] = made
    }
    return made
  }

  private init(_ rows: [(first: Int, weights: [Double])], source: Int, reflecting: Bool) {
    let taps = rows.map(\.weights.count).max() ?? 0
    var indices: [Int] = []
    var weights: [Double] = []
    for row in rows {
      let sum = row.weights.reduce(0, +)
      for tap in 0..<taps {
        indices.append(Self.inside(row.first + tap, source, reflecting))
        weights.append(tap < row.weights.count ? row.weights[tap] / sum : 0)
      }
    }
    self.taps = taps
    self.indices = indices
    self.weights = weights
    count = rows.count
  }

  /// Symmetric reflection repeats the edge sample (-1 → 0, -2 → 1); the others clamp.
  private static func inside(_ index: Int, _ count: Int, _ reflecting: Bool) -> Int {
    guard reflecting else { return min(max(index, 0), count - 1) }
    let period = 2 * count
    let wrapped = ((index % period) + period) % period
    return wrapped < count ? wrapped : period - 1 - wrapped
  }

  /// Keys' cubic convolution.
  private static func keys(_ position: Double, a: Double) -> Double {
    let t = abs(position)
    if t <= 1 { return ((a + 2) * t - (a + 3)) * t * t + 1 }
    return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0
  }

  /// MATLAB counts from 1: the source centre of target i is i/s + (1 - 1/s)/2. The window is two taps wider than the kernel;
  /// taps that end outside it have weight zero and are cut here.
  private static func matlab(_ index: Int, _ factor: Double, _ antialias: Bool) -> (first: Int, weights: [Double]) {
    let stretch = antialias ? min(factor, 1) : 1
    let width = 4 / stretch
    let centre = Double(index + 1) / factor + 0.5 * (1 - 1 / factor)
    let left = (centre - width / 2).rounded(.down)
    let taps = (0..<Int(width.rounded(.up)) + 2).map { keys(stretch * (centre - left - Double($0)), a: -0.5) }
    let begin = taps.firstIndex { $0 != 0 } ?? 0
    let end = taps.lastIndex { $0 != 0 } ?? 0
    return (Int(left) - 1 + begin, Array(taps[begin...end]))
  }

  private static func cubic(_ index: Int, _ factor: Double) -> (first: Int, weights: [Double]) {
    let position = (Double(index) + 0.5) / factor - 0.5
    let left = position.rounded(.down)
    return (Int(left) - 1, (-1...2).map { keys(position - left - Double($0), a: -0.75) })
  }

  private static func linear(_ index: Int, _ factor: Double) -> (first: Int, weights: [Double]) {
    let position = max((Double(index) + 0.5) / factor - 0.5, 0)
    let left = position.rounded(.down)
    return (Int(left), [1 - (position - left), position - left])
  }

  private static func area(_ index: Int, _ source: Int, _ target: Int) -> (first: Int, weights: [Double]) {
    let begin = index * source / target
    let end = ((index + 1) * source + target - 1) / target
    return (begin, [Double](repeating: 1, count: end - begin))
  }
}
