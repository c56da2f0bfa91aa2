import Checkpoints
import Foundation
import Restorers
import Torch

/// Random weights in a published layout, for measuring and for trying out real sizes.
///
/// Each tensor's numbers depend on the seed and its key alone.
struct Fabrication {
  private let manifest: Manifest
  private let seed: UInt64
  private let dtype: DType

  /// Weights for a manifest.
  /// - Parameters:
  ///   - seed: What fixes the numbers.
  ///   - dtype: The element type.
  init(of manifest: Manifest, seed: UInt64, dtype: DType) {
    self.manifest = manifest
    self.seed = seed
    self.dtype = dtype
  }

  /// Writes the checkpoint, one tensor in memory at a time.
  func write(to path: String) throws {
    try SafetensorsWriter.write(
      manifest.shapes.mapValues { SafetensorsLayout(dtype: dtype, shape: $0) },
      metadata: manifest.metadata.merging(["format": "pt", "fabricated": "random weights, seed \(seed)"]) { $1 },
      to: path,
      making: tensor)
  }

  /// The tensor of a key: norms' scales around one, biases small, everything else such that a layer keeps its input's
  /// variance.
  func tensor(_ key: String) throws -> Tensor {
    guard let shape = manifest.shapes[key] else { throw ParityError("the manifest has no tensor '\(key)'") }
    let generator = try Generator(seed: SplitMix64.mix(SplitMix64.mix(seed) ^ SplitMix64.hash(key)))
    let draw = try Tensor.randn(shape, generator: generator)
    let (mean, deviation) = Self.distribution(key, shape)
    try draw.multiply(inPlace: deviation)
    return try (mean == 0 ? draw : draw + mean).to(dtype)
  }

  /// Mean and standard deviation of a tensor's numbers.
  static func distribution(_ key: String, _ shape: [Int]) -> (mean: Double, deviation: Double) {
    let name = key.split(separator: ".").last.map { String($0) } ?? key
    // Only norms have a vector for a weight; some call it a scale.
    if shape.count == 1, name == "weight" || name == "scale" { return (1, 0.02) }
    if shape.count < 2 || name.contains("bias") || name.contains("embed") { return (0, 0.02) }
    return (0, 1 / Double(max(shape.dropFirst().reduce(1, *), 1)).squareRoot())
  }
}
