/// One thing that happened to a picture, with every number that it needs to happen again.
public enum DegradationStep: Sendable, Codable, Equatable {
  /// Blurred with a kernel.
  case blur(kernel: BlurKernel)
  /// Resized by a factor of its size at that point. Clamps nothing.
  case resize(factor: Double, method: Resampling)
  /// Resized to a fraction of the size of the picture that the draw began with (rounded down, at least 1). Clamps nothing.
  case resizeToFraction(fraction: Double, method: Resampling)
  /// Gaussian noise whose pattern is the stream of `seed`.
  case gaussianNoise(noise: GaussianNoise, seed: UInt64)
  /// Shot noise whose counts are the stream of `seed`.
  case poissonNoise(noise: PoissonNoise, seed: UInt64)
  /// Clamped, rounded to 8 bits, and compressed.
  case jpeg(quality: Int)
  /// Clamped and rounded to 8 bits.
  case quantise

  func apply(to image: PlanarImage, source: PlanarImage, codec: any JPEGCodec) throws -> PlanarImage {
    switch self {
    case .blur(let kernel): return try image.blurred(kernel)
    case .resize(let factor, let method): return try image.resized(factor: factor, method)
    case .resizeToFraction(let fraction, let method):
      // `area` rounds down, whatever the method of this step does for itself.
      let width = try Resampling.area.length(of: source.width, factor: fraction)
      let height = try Resampling.area.length(of: source.height, factor: fraction)
      return try image.resized(width: width, height: height, method)
    case .gaussianNoise(let noise, let seed):
      var random = SeededRandom(seed: seed)
      return noise.add(to: image, using: &random)
    case .poissonNoise(let noise, let seed):
      var random = SeededRandom(seed: seed)
      return noise.add(to: image, using: &random)
    case .jpeg(let quality): return try image.compressed(quality: quality, by: codec)
    case .quantise: return image.quantised()
    }
  }
}
