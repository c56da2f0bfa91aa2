public import Torch

/// How far two tensors are apart.
public struct Difference: Sendable {
  /// The largest absolute difference.
  public let absolute: Double
  /// True when every element is within `absolute + relative |expected|`, shapes agree, and nothing is NaN.
  public let isClose: Bool

  /// Compares element by element in double precision.
  public init(_ actual: Tensor, _ expected: Tensor, absolute: Double, relative: Double) throws {
    guard actual.shape == expected.shape else {
      self.absolute = .infinity
      isClose = false
      return
    }
    let found = try actual.doubles()
    let wanted = try expected.doubles()
    var largest = 0.0
    var close = true
    for (a, b) in zip(found, wanted) {
      let difference = Swift.abs(a - b)
      largest = max(largest, difference)
      if !(difference <= absolute + relative * Swift.abs(b)) { close = false }
    }
    self.absolute = largest
    isClose = close
  }
}
