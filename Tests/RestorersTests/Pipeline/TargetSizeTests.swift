import Restorers
import Testing

struct TargetSizeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let target: TargetSize
    let input: (Int, Int)
    let output: (Int, Int)
    var testDescription: String { "\(target) of \(input)" }
  }

  @Test(arguments: [
    Case(target: .scale(4), input: (128, 96), output: (512, 384)),
    Case(target: .scale(1), input: (7, 5), output: (7, 5)),
    Case(target: .scale(1.5), input: (7, 5), output: (11, 8)),
    Case(target: .scale(2.34), input: (100, 50), output: (234, 117)),
    Case(target: .scale(0.5), input: (9, 3), output: (5, 2)),
    // Never less than a pixel.
    Case(target: .scale(0.01), input: (9, 3), output: (1, 1)),
    Case(target: .width(640), input: (320, 200), output: (640, 400)),
    Case(target: .width(10), input: (1000, 3), output: (10, 1)),
    // The side that was asked for comes out exactly, whatever the division gives.
    Case(target: .width(49), input: (147, 41), output: (49, 14)),
    Case(target: .height(41), input: (147, 123), output: (49, 41)),
    Case(target: .height(20_000), input: (3, 5000), output: (12, 20_000)),
    Case(target: .height(1), input: (1, 1), output: (1, 1)),
  ])
  func proportionsAreKept(_ item: Case) throws {
    let size = try item.target.resolve(width: item.input.0, height: item.input.1)
    #expect(size == item.output)
  }

  @Test(arguments: [
    (TargetSize.scale(0), "not positive"), (.scale(-2), "not positive"), (.scale(.nan), "not positive"),
    (.scale(.infinity), "not positive"), (.width(0), "not positive"), (.height(-5), "not positive"),
    (.scale(100_000), "beyond 1,000,000 pixels a side"), (.width(1_000_000), "beyond 1,000,000 pixels a side"),
    (.scale(1e300), "beyond 1,000,000 pixels a side"),
  ])
  func sizesThatCannotBeMeant(_ target: TargetSize, words: String) {
    let error = restorationError { _ = try target.resolve(width: 20, height: 40) }
    #expect(error?.code == .argument)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "nothing was thrown")")
  }
}
