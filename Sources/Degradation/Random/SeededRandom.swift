internal import CFilters

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
    var pair = (0.0, 0.0)
    withUnsafeMutableBytes(of: &pair) { bytes in
      if let first = bytes.bindMemory(to: Double.self).baseAddress { bf_gaussian_pairs(key, counter, first, 1) }
    }
    counter &+= 2
    spareGaussian = pair.1
    return pair.0
  }

  /// Standard normal numbers, as ``gaussian()`` gives them one after the other.
  public mutating func gaussians(_ count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: max(count, 0)) { target, initialized in
      var made = 0
      if count > 0, spareGaussian != nil {
        target.initializeElement(at: 0, to: Float(gaussian()))
        made = 1
      }
      let pairs = (count - made) / 2
      if pairs > 0, let first = target.baseAddress {
        bf_gaussian_pairs_float(key, counter, first + made, pairs)
        counter &+= UInt64(2 * pairs)
        made += 2 * pairs
      }
      if made < count { target.initializeElement(at: made, to: Float(gaussian())) }
      initialized = max(count, 0)
    }
  }

  /// A Poisson count. Where many counts of the same mean are needed, make the ``PoissonLaw`` once.
  /// - Parameter mean: 0 for what is not above zero.
  public mutating func poisson(_ mean: Double) -> Int { PoissonLaw(mean: mean).draw(using: &self) }
}
