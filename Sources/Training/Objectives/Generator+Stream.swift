internal import Degradation
internal import Torch

extension Generator {
  /// A stream of numbers that this generator's next ones begin, for what is drawn one by one.
  func stream(_ name: String) throws -> SeededRandom {
    // 48 bits: whole numbers that a double holds.
    let bits = try Tensor.rand([2], generator: self).doubles().map { UInt64($0 * 0x1p24) }
    return SeededRandom(seed: bits[0] << 24 | bits[1], name: name)
  }
}
