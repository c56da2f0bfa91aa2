import Testing

@testable import Training

struct BatchNumbersTests {
  /// Every batch of every step belongs to one process.
  @Test(arguments: [1, 2, 3, 6]) func processesShareEachStep(size: Int) {
    let parts = (0..<size).map { BatchNumbers(accumulation: 6, rank: $0, size: size) }
    for step in 0..<3 {
      let numbers = parts.flatMap { part in (0..<part.perStep).map { part[step * part.perStep + $0] } }
      #expect(numbers == Array(6 * step..<6 * step + 6))
    }
  }
}
