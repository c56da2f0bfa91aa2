import TestModels

/// Models that the tests write for themselves.
enum Models {
  /// A tiny random starter: its results are no pictures to look at, but depend on everything that they should.
  static func write(seed: UInt64 = 3, to folder: String) throws {
    try TinyStarter(seed: seed, strength: 0.1).write(to: folder)
  }
}
