import Foundation
import Torch

/// How far an answer is from what was expected.
struct Comparison: CustomStringConvertible {
  /// The largest absolute difference; NaN where only one side is NaN, infinity where shapes differ.
  let absolute: Double
  /// The largest difference relative to the expected value, where that is beyond the absolute tolerance.
  let relative: Double
  /// Every element is within `absolute tolerance + relative tolerance |expected|`.
  let passed: Bool
  private let remark: String?

  /// Nothing compared yet.
  static let none = Comparison(absolute: 0, relative: 0, passed: true, remark: nil)

  private init(absolute: Double, relative: Double, passed: Bool, remark: String?) {
    self.absolute = absolute
    self.relative = relative
    self.passed = passed
    self.remark = remark
  }

  /// Compares element by element in double precision. Infinities are equal to themselves; NaN is never right.
  init(_ actual: Tensor, _ expected: Tensor, absolute: Double, relative: Double) throws {
    guard actual.shape == expected.shape else {
      self.init(
        absolute: .infinity, relative: .infinity, passed: false,
        remark: "shape \(actual.shape) where \(expected.shape) was expected")
      return
    }
    var largest = 0.0
    var largestRelative = 0.0
    var outside = 0
    let pairs = zip(try actual.doubles(), try expected.doubles())
    for (found, wanted) in pairs where found != wanted {
      let difference = abs(found - wanted)
      if !(difference <= absolute + relative * abs(wanted)) { outside += 1 }
      // `max` would lose a NaN.
      if !(difference <= largest) { largest = largest.isNaN ? largest : difference }
      if abs(wanted) > absolute, !(difference / abs(wanted) <= largestRelative) {
        largestRelative = largestRelative.isNaN ? largestRelative : difference / abs(wanted)
      }
    }
    self.init(
      absolute: largest, relative: largestRelative, passed: outside == 0,
      remark: outside == 0 ? nil : "\(outside) of \(expected.count) elements are out of tolerance")
  }

  /// The larger figures of two comparisons; passed when both did.
  func worse(_ other: Comparison) -> Comparison {
    func larger(_ a: Double, _ b: Double) -> Double { a.isNaN || a > b ? a : b }
    return Comparison(
      absolute: larger(absolute, other.absolute), relative: larger(relative, other.relative),
      passed: passed && other.passed, remark: nil)
  }

  /// Three significant digits.
  static func format(_ value: Double) -> String {
    value.isFinite ? String(format: "%.2e", value) : value.isNaN ? "nan" : "inf"
  }

  var description: String {
    "max_abs \(Self.format(absolute)), max_rel \(Self.format(relative))" + (remark.map { ": " + $0 } ?? "")
  }
}
