internal import Foundation

/// SHA-256 (FIPS 180-4).
struct SHA256 {
  private var state: [UInt32] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
  ]
  private var buffer: [UInt8] = []
  private var length: UInt64 = 0

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2).
  private static let constants: [UInt32] = {
    let primes = (2...311).filter { n in !(2..<n).contains { n % $0 == 0 } }
    return primes.map { prime in
      // Whole arithmetic: the largest r with r³ ≤ p · 2⁹⁶ has the 32 wanted bits at its end.
      var (low, high): (UInt64, UInt64) = (0, 1 << 35)
      while high - low > 1 {
        let middle = (low + high) / 2
        let square = middle.multipliedFullWidth(by: middle)
        // r³ as 192 bits, of which the parts above 2⁹⁶ are compared with the prime.
        let lower = square.low.multipliedFullWidth(by: middle)
        let upper = square.high * middle + lower.high
        if upper >> 32 < UInt64(prime) { low = middle } else { high = middle }
      }
      return UInt32(truncatingIfNeeded: low)
    }
  }()

  /// Takes more bytes.
  mutating func update(_ bytes: some Collection<UInt8>) {
    length += UInt64(bytes.count)
    buffer.append(contentsOf: bytes)
    let whole = buffer.count / 64 * 64
    guard whole > 0 else { return }
    buffer.withUnsafeBufferPointer { source in
      for start in stride(from: 0, to: whole, by: 64) {
        Self.mix(&state, UnsafeBufferPointer(rebasing: source[start..<start + 64]))
      }
    }
    buffer.removeFirst(whole)
  }

  /// The digest as hexadecimal digits; nothing may be taken after it.
  mutating func finish() -> String {
    let bits = length * 8
    buffer.append(0x80)
    while buffer.count % 64 != 56 { buffer.append(0) }
    update((0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) })
    return state.map { String(format: "%08x", $0) }.joined()
  }

  /// The digest of bytes.
  static func of(_ bytes: some Collection<UInt8>) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  private static func mix(_ state: inout [UInt32], _ block: UnsafeBufferPointer<UInt8>) {
    func turned(_ x: UInt32, _ count: UInt32) -> UInt32 { x >> count | x << (32 - count) }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
      for t in 0..<16 {
        w[t] = (0..<4).reduce(0) { $0 << 8 | UInt32(block[4 * t + $1]) }
      }
      for t in 16..<64 {
        let s0 = turned(w[t - 15], 7) ^ turned(w[t - 15], 18) ^ w[t - 15] >> 3
        let s1 = turned(w[t - 2], 17) ^ turned(w[t - 2], 19) ^ w[t - 2] >> 10
        w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      constants.withUnsafeBufferPointer { k in
        for t in 0..<64 {
          let t1 =
            h &+ (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) &+ (e & f ^ ~e & g) &+ k[t] &+ w[t]
          let t2 = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ (a & b ^ a & c ^ b & c)
          (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
        }
      }
      for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
    }
  }
}
