import Degradation
import Foundation

/// Crops, what is drawn for them, and one pass over them.
struct DegradeBench {
  private let recipe: DegradationRecipe
  private let crops: [PlanarImage]
  private let bytes: [UInt8]

  /// - Parameters:
  ///   - recipe: What is drawn from.
  ///   - crops: How many.
  ///   - side: Columns and rows of each.
  init(_ recipe: DegradationRecipe, crops: Int, side: Int) {
    self.recipe = recipe
    var all: [UInt8] = []
    self.crops = (0..<crops).compactMap { index in
      let bytes = Self.texture(side: side, seed: UInt64(index))
      all += bytes
      return try? PlanarImage(rgb8: bytes, width: side, height: side)
    }
    bytes = all
  }

  /// Waves of several lengths and a little noise: all levels, edges and flat parts, as photographs have them.
  private static func texture(side: Int, seed: UInt64) -> [UInt8] {
    var random = SeededRandom(seed: seed, name: "texture")
    let waves = (0..<6).map { _ in (random.uniform(-0.2...0.2), random.uniform(-0.2...0.2), random.uniform(0...6)) }
    let edge = random.uniform(0.2...0.8) * Double(side)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * side * side)
    for y in 0..<side {
      for x in 0..<side {
        let step = Double(x + y / 3) > edge ? 40.0 : -40
        for channel in 0..<3 {
          let wave = waves[channel].0 * Double(x) + waves[channel].1 * Double(y) + waves[channel].2
          let fine = waves[channel + 3].0 * Double(x * y) / 300 + waves[channel + 3].2
          bytes.append(UInt8(min(max(128 + 50 * sin(wave) + 25 * sin(fine) + step + random.uniform(-4...4), 0), 255)))
        }
      }
    }
    return bytes
  }

  private func draw(_ index: Int) -> DegradationDraw { recipe.draw(seed: 1, name: "\(index)") }

  /// Writes `crops` (bytes) and `draws.json` for the reference.
  func write(to folder: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: folder + "/crops"))
    try JSONEncoder().encode(crops.indices.map(draw)).write(to: URL(fileURLWithPath: folder + "/draws.json"))
  }

  /// Draws and degrades every crop on this thread.
  func makePass() throws {
    for (index, crop) in crops.enumerated() { _ = try draw(index).apply(to: crop, codec: BaselineJPEG()) }
  }

  /// How close both sides come without noise, whose random numbers are not the same.
  /// - Parameter others: The reference's results, one after the other.
  func psnr(with others: [UInt8]) throws -> Double {
    var sum = 0.0
    var place = 0
    for (index, crop) in crops.enumerated() {
      var plain = draw(index)
      plain.steps.removeAll {
        switch $0 {
        case .gaussianNoise, .poissonNoise, .correlatedNoise: true
        default: false
        }
      }
      for byte in try plain.apply(to: crop, codec: BaselineJPEG()).bytes8() {
        guard place < others.count else { throw BenchmarkError("the reference's pictures are smaller than Burnish's") }
        let difference = Double(byte) - Double(others[place])
        sum += difference * difference
        place += 1
      }
    }
    guard place == others.count else { throw BenchmarkError("the reference's pictures are larger than Burnish's") }
    return 10 * log10(255 * 255 * Double(place) / max(sum, 1e-9))
  }
}
