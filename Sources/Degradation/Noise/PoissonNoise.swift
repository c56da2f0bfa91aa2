internal import Foundation

/// Shot noise: brighter pixels are noisier.
///
/// The picture is rounded to 8 bits; V = 2^⌈log₂(number of distinct values in it)⌉ sets how many quanta white is; the noise is
/// Poisson(rounded · V) / V - rounded, times `scale`, added to the picture as it was (Real-ESRGAN's definition). Grey noise
/// takes values, V and counts from 0.2989 R + 0.587 G + 0.114 B, rounded.
public struct PoissonNoise: Sendable, Codable, Equatable {
  /// Times the noise of the plain definition.
  public var scale: Double
  /// One pattern, that of the luminance, for all channels.
  public var isGrey: Bool

  /// Noise by its numbers.
  /// - Parameters:
  ///   - scale: Times the noise of the plain definition.
  ///   - isGrey: One pattern for all channels.
  public init(scale: Double, isGrey: Bool = false) {
    self.scale = scale
    self.isGrey = isGrey
  }

  /// What the counts are drawn from: the rounded picture (grey: of one plane) and V. The mean of a pixel is `value · quanta`.
  public func rate(of image: PlanarImage) -> (base: PlanarImage, quanta: Double) {
    let (base, _, quanta) = levels(of: image)
    return (base, quanta)
  }

  private func levels(of image: PlanarImage) -> (base: PlanarImage, levels: [UInt8], quanta: Double) {
    let source = isGrey ? image.grey() : image
    let levels = source.pixels.map { PlanarImage.level($0) }
    var seen = [Bool](repeating: false, count: 256)
    for level in levels { seen[Int(level)] = true }
    let distinct = seen.count { $0 }
    let base = PlanarImage(
      unchecked: levels.map { PlanarImage.values[Int($0)] }, width: image.width, height: image.height,
      channels: source.channels)
    return (base, levels, exp2(log2(Double(distinct)).rounded(.up)))
  }

  /// Adds noise and clamps to 0 … 1.
  /// - Parameters:
  ///   - image: In 0 … 1.
  ///   - random: Gives one count for each pixel, plane by plane (grey: for one plane).
  public func add(to image: PlanarImage, using random: inout SeededRandom) -> PlanarImage {
    let (base, levels, quanta) = levels(of: image)
    // There are 256 means at most, and their tables take longer than a draw.
    var seen = [Bool](repeating: false, count: 256)
    for level in levels { seen[Int(level)] = true }
    let laws = (0..<256).map { PoissonLaw(mean: seen[$0] ? Double(PlanarImage.values[$0]) * quanta : 0) }
    let counts = laws.withUnsafeBufferPointer { laws in
      [Float](unsafeUninitializedCapacity: levels.count) { target, count in
        for index in 0..<levels.count {
          target.initializeElement(at: index, to: Float(laws[Int(levels[index])].draw(using: &random)))
        }
        count = levels.count
      }
    }
    return add(to: image, base: base, quanta: quanta, counts: counts)
  }

  /// Adds the noise of given counts and clamps to 0 … 1.
  /// - Parameters:
  ///   - image: In 0 … 1.
  ///   - counts: Poisson counts, one for each value of ``rate(of:)``.
  public func add(to image: PlanarImage, counts: [Float]) -> PlanarImage {
    let (base, quanta) = rate(of: image)
    return add(to: image, base: base, quanta: quanta, counts: counts)
  }

  private func add(to image: PlanarImage, base: PlanarImage, quanta: Double, counts: [Float]) -> PlanarImage {
    let (quanta, scale) = (Float(quanta), Float(scale))
    let noise = zip(counts, base.pixels).map { ($0 / quanta - $1) * scale }
    return image.adding(noise, strength: 1)
  }
}

extension PlanarImage {
  /// 0.2989 R + 0.587 G + 0.114 B as one plane; a picture of another number of channels gives its first plane.
  public func grey() -> PlanarImage {
    let count = planeCount
    guard channels == 3 else {
      return PlanarImage(unchecked: Array(pixels.prefix(count)), width: width, height: height, channels: 1)
    }
    let plane = pixels.withUnsafeBufferPointer { pixels in
      (0..<count).map { 0.2989 * pixels[$0] + 0.587 * pixels[count + $0] + 0.114 * pixels[2 * count + $0] }
    }
    return PlanarImage(unchecked: plane, width: width, height: height, channels: 1)
  }
}
