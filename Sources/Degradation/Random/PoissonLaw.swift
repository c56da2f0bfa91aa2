/// Poisson counts of one mean, by looking the count up whose cumulative probability a uniform number falls on.
///
/// The table begins and ends where probabilities are 1e-17 of the largest one; it is made without a library's exponentials, by
/// p(k + 1) = p(k) mean / (k + 1) from the largest one to both sides, so it is the same on every machine. Make it once for many
/// counts.
public struct PoissonLaw: Sendable {
  /// The count that the table begins with.
  private let first: Int
  /// The sums of the probabilities up to and with each count; the last one is 1.
  private let cumulative: [Double]
  /// For each of as many equal parts of 0 … 1, the first count that may fall in it.
  private let guide: [Int32]

  /// The law of a mean.
  /// - Parameter mean: Up to a billion; of what is not above zero every count is 0.
  public init(mean: Double) {
    let mean = mean > 0 ? min(mean, 1e9) : 0
    let mode = Int(mean)
    var below: [Double] = []
    var weight = 1.0
    var count = mode
    while count > 0, weight > 1e-17 {
      weight *= Double(count) / mean
      count -= 1
      below.append(weight)
    }
    first = count
    var weights = Array(below.reversed())
    weights.append(1)
    (weight, count) = (1, mode)
    while mean > 0, weight > 1e-17 {
      count += 1
      weight *= mean / Double(count)
      weights.append(weight)
    }
    let total = weights.reduce(0, +)
    var sum = 0.0
    var cumulative = weights.map { weight in
      sum += weight
      return sum / total
    }
    cumulative[cumulative.count - 1] = 1
    var guide: [Int32] = []
    var place = 0
    for part in 0..<cumulative.count {
      while cumulative[place] <= Double(part) / Double(cumulative.count) { place += 1 }
      guide.append(Int32(place))
    }
    self.cumulative = cumulative
    self.guide = guide
  }

  /// The next count; takes one uniform number.
  @inline(__always)
  public func draw(using random: inout SeededRandom) -> Int {
    let value = random.uniform()
    var place = Int(guide[Int(value * Double(guide.count))])
    while cumulative[place] <= value { place += 1 }
    return first + place
  }
}
