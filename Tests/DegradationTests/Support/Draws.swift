import Degradation
import Testing

/// Expects that so many of so many draws are what a probability says, within 4.5 standard deviations of the binomial
/// distribution: once in 150,000 comparisons chance alone is further off, and the seeds are fixed.
func expectShare(
  _ count: Int, of total: Int, _ probability: Double, _ what: String, location: SourceLocation = #_sourceLocation
) {
  let expected = Double(total) * probability
  let bound = 4.5 * (expected * (1 - probability)).squareRoot() + 1
  #expect(
    abs(Double(count) - expected) <= bound, "\(what): \(count) of \(total), expected \(expected) ± \(bound)",
    sourceLocation: location)
}

/// Expects that draws are uniform over a range: inside it, their mean within 4.5 of its standard deviations, and a tenth of them in
/// each tenth.
func expectUniform(
  _ values: [Double], _ range: ClosedRange<Double>, _ what: String, location: SourceLocation = #_sourceLocation
) {
  let width = range.upperBound - range.lowerBound
  #expect(values.count > 100, "\(what)", sourceLocation: location)
  #expect(
    values.allSatisfy { $0 >= range.lowerBound - 1e-12 && $0 <= range.upperBound + 1e-12 }, "\(what)",
    sourceLocation: location)
  let mean = values.reduce(0, +) / Double(values.count)
  let bound = 4.5 * width / (12 * Double(values.count)).squareRoot()
  #expect(
    abs(mean - range.lowerBound - width / 2) <= bound, "\(what): mean \(mean) over \(range)", sourceLocation: location)
  for part in 0..<10 {
    let count = values.count { min(Int(($0 - range.lowerBound) / width * 10), 9) == part }
    expectShare(count, of: values.count, 0.1, "\(what), part \(part)", location: location)
  }
}
