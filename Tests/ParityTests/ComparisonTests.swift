import Testing
import Torch

@testable import parity

struct ComparisonTests {
  struct Case: Sendable {
    let actual: [Double]
    let expected: [Double]
    let passes: Bool
    let absolute: Double
    let relative: Double
  }

  /// Absolute tolerance 0.1, relative 0.01.
  static let cases = [
    Case(actual: [1, 2], expected: [1, 2], passes: true, absolute: 0, relative: 0),
    Case(actual: [1.1], expected: [1], passes: true, absolute: 0.1, relative: 0.1),
    Case(actual: [1.2], expected: [1], passes: false, absolute: 0.2, relative: 0.2),
    Case(actual: [101], expected: [100], passes: true, absolute: 1, relative: 0.01),
    Case(actual: [0.08], expected: [0], passes: true, absolute: 0.08, relative: 0),
    Case(actual: [.infinity], expected: [.infinity], passes: true, absolute: 0, relative: 0),
    Case(actual: [.infinity], expected: [1], passes: false, absolute: .infinity, relative: .infinity),
    Case(actual: [.nan, 1], expected: [1, 1], passes: false, absolute: .nan, relative: .nan),
    Case(actual: [.nan], expected: [.nan], passes: false, absolute: .nan, relative: 0),
    Case(actual: [-3, .nan, 9], expected: [5, 1, 1], passes: false, absolute: .nan, relative: .nan),
  ]

  @Test(arguments: cases)
  func comparesElementByElement(_ test: Case) throws {
    let comparison = try Comparison(Tensor(test.actual), Tensor(test.expected), absolute: 0.1, relative: 0.01)
    #expect(comparison.passed == test.passes)
    func same(_ a: Double, _ b: Double) -> Bool { a == b || a.isNaN && b.isNaN || abs(a - b) < 1e-12 }
    #expect(same(comparison.absolute, test.absolute), "\(comparison)")
    #expect(same(comparison.relative, test.relative), "\(comparison)")
  }

  @Test func keepsTheWorstOfSeveral() throws {
    func compare(_ value: Double) throws -> Comparison {
      try Comparison(Tensor([value]), Tensor([1.0]), absolute: 0.1, relative: 0)
    }
    let worst = Comparison.none.worse(try compare(1.05)).worse(try compare(1.5)).worse(try compare(1.01))
    #expect(!worst.passed)
    #expect(abs(worst.absolute - 0.5) < 1e-12)
    #expect(worst.worse(try compare(.nan)).worse(try compare(1)).absolute.isNaN)
  }
}
