/// Gaussian noise whose channels belong together: each pixel's three values are a fixed mixture of three independent ones.
///
/// BSRGAN's third kind (Zhang et al., 2021): its covariance is level² Uᵀ D U with U orthogonal and D diagonal within 0 … 1; the
/// mixture is level Uᵀ √D.
public struct CorrelatedNoise: Sendable, Codable, Equatable {
  /// Three rows of three, in levels of 0 … 255: channel c gets the sum of `mixture[3 c + k] · n_k`.
  public var mixture: [Double]

  /// Noise by its mixture.
  /// - Parameter mixture: Three rows of three, in levels of 0 … 255.
  /// - Throws: `DegradationError` for another number of values.
  public init(mixture: [Double]) throws {
    guard mixture.count == 9 else {
      throw DegradationError(.recipe, "making correlated noise of \(mixture.count) numbers: 3 rows of 3 are needed")
    }
    self.mixture = mixture
  }

  /// Draws a mixture: U from a square of uniform numbers made orthogonal row by row (Gram and Schmidt), D uniform.
  /// - Parameters:
  ///   - level: The standard deviation where D is 1, in levels of 0 … 255.
  ///   - random: Gives twelve numbers, more where three rows happen to lie in a plane.
  public init(level: Double, using random: inout SeededRandom) {
    let basis = Self.basis(using: &random)
    mixture = [Double](repeating: 0, count: 9)
    for source in 0..<3 {
      let deviation = level * random.uniform().squareRoot()
      for channel in 0..<3 { mixture[3 * channel + source] = basis[source][channel] * deviation }
    }
  }

  private static func basis(using random: inout SeededRandom) -> [[Double]] {
    while true {
      var rows: [[Double]] = []
      for _ in 0..<3 {
        var row: [Double] = [random.uniform(), random.uniform(), random.uniform()]
        for other in rows {
          let shared = row[0] * other[0] + row[1] * other[1] + row[2] * other[2]
          for index in 0..<3 { row[index] -= shared * other[index] }
        }
        let length = (row[0] * row[0] + row[1] * row[1] + row[2] * row[2]).squareRoot()
        if length > 1e-6 { rows.append(row.map { $0 / length }) }
      }
      if rows.count == 3 { return rows }
    }
  }

  /// Adds noise and clamps to 0 … 1. A picture of another number of channels than three gets the first channel's noise in each.
  /// - Parameters:
  ///   - image: In 0 … 1.
  ///   - random: Gives three standard normal numbers for each pixel, plane by plane.
  public func add(to image: PlanarImage, using random: inout SeededRandom) -> PlanarImage {
    let count = image.planeCount
    let plain = random.gaussians(3 * count)
    let factors = mixture.map { Float($0 / 255) }
    var mixed = [Float](repeating: 0, count: (image.channels == 3 ? 3 : 1) * count)
    for channel in 0..<mixed.count / count {
      let (a, b, c) = (factors[3 * channel], factors[3 * channel + 1], factors[3 * channel + 2])
      for index in 0..<count {
        mixed[channel * count + index] = a * plain[index] + b * plain[count + index] + c * plain[2 * count + index]
      }
    }
    return image.adding(mixed, strength: 1)
  }
}
