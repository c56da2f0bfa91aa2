public import Torch

/// Where standard normal noise comes from.
public protocol NoiseSource {
  /// The noise for a purpose: the same each time it is asked for.
  /// - Parameters:
  ///   - purpose: What for.
  ///   - shape: The whole canvas, BCHW: never that of a tile, so that no tile plan changes a pixel's noise.
  ///   - device: Where it is wanted.
  /// - Returns: float32.
  /// - Throws: `TorchError`, or `RestorationError` where noise was recorded and this was not.
  func noise(_ purpose: NoisePurpose, shape: [Int], device: Device) throws -> Tensor
}

/// Noise that a seed fixes.
///
/// It is drawn on the CPU, whatever the device, so that the same seed gives the same picture everywhere. The stream of a
/// purpose starts from a seed mixed of three numbers, with `mix` the finaliser of SplitMix64 (Steele, Lea and Flood 2014)
/// and `hash` the 64-bit FNV-1a of the name: `mix(mix(mix(seed) ^ hash(name)) ^ index)`.
public struct SeededNoise: NoiseSource, Sendable {
  /// The seed that the user gave.
  public let seed: UInt64

  /// Noise of a seed.
  /// - Parameter seed: Any number.
  public init(seed: UInt64) { self.seed = seed }

  /// The noise for a purpose: the same each time it is asked for.
  public func noise(_ purpose: NoisePurpose, shape: [Int], device: Device) throws -> Tensor {
    try Tensor.randn(shape, generator: Generator(seed: streamSeed(purpose))).to(device: device)
  }

  /// The seed of a purpose's own stream.
  /// - Parameter purpose: What for.
  public func streamSeed(_ purpose: NoisePurpose) -> UInt64 {
    SplitMix64.mix(
      SplitMix64.mix(SplitMix64.mix(seed) ^ SplitMix64.hash(purpose.name)) ^ UInt64(bitPattern: Int64(purpose.index)))
  }
}

/// Noise that was drawn elsewhere: a recorded run played back.
public struct RecordedNoise: NoiseSource {
  /// What is played back.
  public let draws: [NoisePurpose: Tensor]

  /// Recorded noise.
  /// - Parameter draws: float32, of the shape that will be asked for.
  public init(_ draws: [NoisePurpose: Tensor]) { self.draws = draws }

  /// The recorded noise for a purpose.
  public func noise(_ purpose: NoisePurpose, shape: [Int], device: Device) throws -> Tensor {
    guard let draw = draws[purpose], draw.shape == shape else {
      throw RestorationError(.argument, "noise '\(purpose)' of shape \(shape) was asked for but not recorded")
    }
    return try draw.to(device: device)
  }
}
