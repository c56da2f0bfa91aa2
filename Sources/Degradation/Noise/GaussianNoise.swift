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
    add(to: image, pattern: random.gaussians(isGrey ? image.planeCount : image.pixels.count))
  }

  /// Adds a given pattern and clamps to 0 … 1.
  /// - Parameters:
  ///   - image: In 0 … 1.
  ///   - pattern: Standard normal numbers: `channels · height · width`, or `height · width` for grey noise (used again for every plane).
  public func add(to image: PlanarImage, pattern: [Float]) -> PlanarImage {
    image.adding(pattern, strength: Float(sigma / 255))
  }
}

extension PlanarImage {
  /// Adds `strength · pattern`, which is used again when it ends, and clamps to 0 … 1.
  func adding(_ pattern: [Float], strength: Float) -> PlanarImage {
    guard !pattern.isEmpty else { return self }
    let total = pixels.count
    let sums = pixels.withUnsafeBufferPointer { pixels in
      pattern.withUnsafeBufferPointer { pattern in
        [Float](unsafeUninitializedCapacity: total) { target, count in
          for start in stride(from: 0, to: total, by: pattern.count) {
            for index in 0..<min(pattern.count, total - start) {
              let sum = pixels[start + index] + pattern[index] * strength
              target.initializeElement(at: start + index, to: min(max(sum, 0), 1))
            }
          }
          count = total
        }
      }
    }
    return PlanarImage(unchecked: sums, width: width, height: height, channels: channels)
  }
}
