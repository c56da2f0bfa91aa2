/// Additive Gaussian noise, its strength in 8-bit levels.
public struct GaussianNoise: Sendable, Codable, Equatable {
  /// Standard deviation in levels of 0 … 255.
  public var sigma: Double
  /// One pattern for all channels instead of one for each.
  public var isGrey: Bool

  /// Noise by its numbers.
  /// - Parameters:
  ///   - sigma: Standard deviation in levels of 0 … 255.
  ///   - isGrey: One pattern for all channels.
  public init(sigma: Double, isGrey: Bool = false) {
    self.sigma = sigma
    self.isGrey = isGrey
  }

  /// Adds noise and clamps to 0 … 1.
  /// - Parameters:
  ///   - image: In 0 … 1.
  ///   - random: Gives one standard normal number for each pixel, plane by plane (grey: for one plane).
  public func add(to image: PlanarImage, using random: inout SeededRandom) -> PlanarImage {
    let count = isGrey ? image.planeCount : image.pixels.count
    let pattern = (0..<count).map { _ in Float(random.gaussian()) }
    return add(to: image, pattern: pattern)
  }

  /// Adds a given pattern and clamps to 0 … 1.
  /// - Parameters:
  ///   - image: In 0 … 1.
  ///   - pattern: Standard normal numbers: `channels · height · width`, or `height · width` for grey noise (used again for every plane).
  public func add(to image: PlanarImage, pattern: [Float]) -> PlanarImage {
    guard !pattern.isEmpty else { return image }
    let strength = Float(sigma / 255)
    var result = image
    for index in result.pixels.indices {
      result.pixels[index] = min(max(result.pixels[index] + pattern[index % pattern.count] * strength, 0), 1)
    }
    return result
  }
}
