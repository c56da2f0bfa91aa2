internal import Foundation

/// The window of one target sample, for each kernel.
enum ResampleWindows {
  /// Keys' cubic convolution (1981).
  static func keys(_ position: Double, a: Double) -> Double {
    let t = abs(position)
    if t <= 1 { return ((a + 2) * t - (a + 3)) * t * t + 1 }
    return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0
  }

  /// MATLAB counts from 1: the source centre of target i is i/s + (1 - 1/s)/2. The window is two taps wider than the kernel;
  /// taps that end outside it have weight zero and are cut here.
  static func matlab(_ index: Int, _ factor: Double, _ antialias: Bool) -> ResampleWeights.Window {
    let stretch = antialias ? min(factor, 1) : 1
    let width = 4 / stretch
    let centre = Double(index + 1) / factor + 0.5 * (1 - 1 / factor)
    let left = (centre - width / 2).rounded(.down)
    let taps = (0..<Int(width.rounded(.up)) + 2).map { keys(stretch * (centre - left - Double($0)), a: -0.5) }
    let begin = taps.firstIndex { $0 != 0 } ?? 0
    let end = taps.lastIndex { $0 != 0 } ?? 0
    return (Int(left) - 1 + begin, Array(taps[begin...end]))
  }

  static func cubic(_ position: Double) -> ResampleWeights.Window {
    let left = position.rounded(.down)
    return (Int(left) - 1, (-1...2).map { keys(position - left - Double($0), a: -0.75) })
  }

  static func linear(_ position: Double) -> ResampleWeights.Window {
    let position = max(position, 0)
    let left = position.rounded(.down)
    return (Int(left), [1 - (position - left), position - left])
  }

  static func area(_ index: Int, _ source: Int, _ target: Int) -> ResampleWeights.Window {
    let begin = index * source / target
    let end = ((index + 1) * source + target - 1) / target
    return (begin, [Double](repeating: 1, count: end - begin))
  }

  /// PyTorch multiplies in single precision, which decides where a position falls on a whole number.
  static func nearest(_ index: Int, _ source: Int, _ factor: Double) -> ResampleWeights.Window {
    (min(Int((Float(index) * Float(1 / factor)).rounded(.down)), source - 1), [1])
  }

  static func box(_ index: Int, _ source: Int, _ target: Int) -> ResampleWeights.Window {
    let begin = Double(index) * Double(source) / Double(target)
    let end = Double(index + 1) * Double(source) / Double(target)
    let first = Int(begin.rounded(.down))
    // A sliver that only rounding made is no pixel.
    let last = max(Int((end - 1e-9).rounded(.down)), first)
    return (first, (first...last).map { min(Double($0 + 1), end) - max(Double($0), begin) })
  }

  /// A kernel stretched by 1/factor when it shrinks, and cut where the source ends (Pillow, PyTorch's `antialias`).
  static func cut(
    _ index: Int, _ source: Int, _ factor: Double, support: Double, _ kernel: (Double) -> Double
  ) -> ResampleWeights.Window {
    let stretch = max(1 / factor, 1)
    let centre = (Double(index) + 0.5) / factor
    let first = max(Int(centre - support * stretch + 0.5), 0)
    let end = max(min(Int(centre + support * stretch + 0.5), source), first + 1)
    return (first, (first..<end).map { kernel((Double($0) - centre + 0.5) / stretch) })
  }

  /// A Gaussian around the middle of the source samples that a target sample stands for.
  static func gaussian(_ index: Int, divisor: Int, sigma: Double, side: Int) -> ResampleWeights.Window {
    let first = index * divisor - side / 2
    let centre = Double(index * divisor) + Double(divisor - 1) / 2
    let exponents = (first..<first + side).map { -0.5 * pow((Double($0) - centre) / sigma, 2) }
    // A narrow Gaussian between two samples is the two of them, not 0/0.
    let largest = exponents.max() ?? 0
    return (first, exponents.map { exp($0 - largest) })
  }
}
