/// One thing that happened to a picture, with every number that it needs to happen again.
public enum DegradationStep: Sendable, Codable, Equatable {
  /// Sharpened.
  case sharpen(mask: UnsharpMask)
  /// Blurred with a kernel.
  case blur(kernel: BlurKernel)
  /// Resized by a factor of its size at that point. Clamps nothing.
  case resize(factor: Double, method: Resampling)
  /// Resized to a fraction of the size of the picture that the draw began with (rounded down, for `matlabBicubic` up; at least
  /// 1). Clamps nothing.
  case resizeToFraction(fraction: Double, method: Resampling)
  /// Made smaller by a Gaussian and taking every so-many-th pixel. Clamps nothing.
  case decimate(divisor: Int, sigma: Double)
  /// Gaussian noise whose pattern is the stream of `seed`.
  case gaussianNoise(noise: GaussianNoise, seed: UInt64)
  /// Gaussian noise of channels that belong together, from the stream of `seed`.
  case correlatedNoise(noise: CorrelatedNoise, seed: UInt64)
  /// Shot noise whose counts are the stream of `seed`.
  case poissonNoise(noise: PoissonNoise, seed: UInt64)
  /// Clamped, rounded to 8 bits, and compressed.
  case jpeg(quality: Int)
  /// Clamped and rounded to 8 bits.
  case quantise

  func apply(to image: PlanarImage, source: PlanarImage, codec: any JPEGCodec) throws -> PlanarImage {
    switch self {
    case .sharpen(let mask): return try image.sharpened(mask)
    case .blur(let kernel): return try image.blurred(kernel)
    case .resize(let factor, let method): return try image.resized(factor: factor, method)
    case .resizeToFraction(let fraction, let method):
      return try Self.resize(image, to: fraction, of: source, method)
    case .decimate(let divisor, let sigma): return try image.decimated(by: divisor, sigma: sigma)
    case .gaussianNoise(let noise, let seed):
      var random = SeededRandom(seed: seed)
      return noise.add(to: image, using: &random)
    case .correlatedNoise(let noise, let seed):
      var random = SeededRandom(seed: seed)
      return noise.add(to: image, using: &random)
    case .poissonNoise(let noise, let seed):
      var random = SeededRandom(seed: seed)
      return noise.add(to: image, using: &random)
    case .jpeg(let quality): return try image.compressed(quality: quality, by: codec)
    case .quantise: return image.quantised()
    }
  }

  private static func resize(
    _ image: PlanarImage, to fraction: Double, of source: PlanarImage, _ method: Resampling
  ) throws -> PlanarImage {
    // `imresize` counts its positions by the factor that it is given, not by the ratio of the sizes.
    if method == .matlabBicubic, image.width == source.width, image.height == source.height {
      return try image.resized(factor: fraction, method)
    }
    // 49 · (1/49) is a little less than 1: a whole number that only rounding missed is still one.
    let nudge = method == .matlabBicubic ? -1e-9 : 1e-9
    let width = try method.length(of: source.width, factor: fraction + nudge / Double(source.width))
    let height = try method.length(of: source.height, factor: fraction + nudge / Double(source.height))
    return try image.resized(width: width, height: height, method)
  }
}
