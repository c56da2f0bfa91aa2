internal import Foundation

/// A random source that is specified to the last step, so that a seed means the same on every machine.
///
/// The generator is SplitMix64 (Steele, Lea and Flood, 2014) read as a counter-based one: the k-th number (k = 1, 2, …) is
/// `mix(key + k γ)` with γ = 0x9E3779B97F4A7C15 and `mix` its three xor-shifts and two multiplications. `SeededRandom(seed: s)`
/// has the key `s`; a path of words (`SeededRandom(seed: s, 12, 3)`: step 12, item 3) gives a key of its own by
/// `key ← mix(key ⊕ mix(word + γ))` for each word. So what is drawn for one picture depends on neither the order nor the
/// number of threads.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15
  private let key: UInt64
  private var counter: UInt64 = 0
  private var spareGaussian: Double?

  /// The stream of a seed, or one of its sub-streams.
  /// - Parameters:
  ///   - seed: Any number.
  ///   - path: Words that name the sub-stream, outermost first.
  public init(seed: UInt64, _ path: UInt64...) {
    var key = seed
    for word in path { key = Self.mix(key ^ Self.mix(word &+ Self.gamma)) }
    self.key = key
  }

  /// The stream of a seed for something that has a name, such as a file: the word is the name's 64-bit FNV-1a hash.
  /// - Parameters:
  ///   - seed: Any number.
  ///   - name: Hashed as UTF-8.
  public init(seed: UInt64, name: String) {
    let hash = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    self.init(seed: seed, hash)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    counter &+= 1
    return Self.mix(key &+ counter &* Self.gamma)
  }

  /// Uniform in 0..<1, with 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in a range of real numbers.
  public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// Uniform among 0 ..< `count`: the upper word of `next() · count`. 0 when `count` is 0 or less.
  public mutating func integer(below count: Int) -> Int {
    count > 0 ? Int(next().multipliedFullWidth(by: UInt64(count)).high) : 0
  }

  /// Uniform among the integers of a range.
  public mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + integer(below: range.upperBound - range.lowerBound + 1)
  }

  /// True with a probability.
  public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// An index drawn in proportion to weights; 0 when no weight is above zero.
  public mutating func index(weights: [Double]) -> Int {
    var left = uniform() * weights.reduce(0) { $0 + max($1, 0) }
    var last = 0
    for (index, weight) in weights.enumerated() where weight > 0 {
      last = index
      if left < weight { return index }
      left -= weight
    }
    return last
  }

  /// Standard normal, by Box and Muller (1958): cosine first, then the sine of the same pair.
  public mutating func gaussian() -> Double {
    if let spare = spareGaussian {
      spareGaussian = nil
      return spare
    }
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    spareGaussian = radius * sin(angle)
    return radius * cos(angle)
  }

  /// A Poisson count: by multiplying uniforms (Knuth) below a mean of 10, by transformed rejection (PTRS: Hörmann, 1993) from there.
  /// - Parameter mean: 0 for what is not above zero.
  public mutating func poisson(_ mean: Double) -> Int {
    guard mean > 0 else { return 0 }
    if mean < 10 {
      let limit = exp(-mean)
      var product = uniform()
      var count = 0
      while product > limit {
        product *= uniform()
        count += 1
      }
      return count
    }
    let b = 0.931 + 2.53 * mean.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let acceptance = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = uniform() - 0.5
      let v = uniform()
      let distance = 0.5 - abs(u)
      let count = ((2 * a / distance + b) * u + mean + 0.43).rounded(.down)
      if distance >= 0.07 && v <= acceptance { return Int(count) }
      if count < 0 || (distance < 0.013 && v > distance) { continue }
      let likelihood = count * log(mean) - mean - Self.logFactorial(count)
      if log(v * inverseAlpha / (a / (distance * distance) + b)) <= likelihood { return Int(count) }
    }
  }

  /// ln n!: summed up to 9, by Stirling's series from there (error below 1e-9).
  private static func logFactorial(_ n: Double) -> Double {
    guard n >= 10 else { return n < 2 ? 0 : (2...Int(n)).reduce(0) { $0 + log(Double($1)) } }
    return n * log(n) - n + 0.5 * log(2 * Double.pi * n) + 1 / (12 * n) - 1 / (360 * n * n * n) + 1 / (1260 * pow(n, 5))
  }
}
