/// Sharpening by what a blur takes away, only where that is more than a threshold (Real-ESRGAN, 2021, section 3.4).
///
/// With the blur B, I - B(I) is the residual; where its size is above the threshold the mask is 1, and B(mask) mixes
/// clamp(I + weight · residual) with I. B is a Gaussian of `radius` taps whose width follows from their number.
public struct UnsharpMask: Sendable, Codable, Equatable {
  /// Taps of the blur; an even number is raised by one. 50 (σ 8) in the field's recipes.
  public var radius: Int
  /// How much of the residual is added.
  public var weight: Double
  /// Residuals up to this, in levels of 0 … 255, are left alone.
  public var threshold: Double

  /// Sharpening by its numbers; those of the field's recipes unless told otherwise.
  /// - Parameters:
  ///   - radius: Taps of the blur; an even number is raised by one.
  ///   - weight: How much of the residual is added.
  ///   - threshold: Residuals up to this, in levels of 0 … 255, are left alone.
  public init(radius: Int = 50, weight: Double = 0.5, threshold: Double = 10) {
    self.radius = radius
    self.weight = weight
    self.threshold = threshold
  }
}

extension PlanarImage {
  /// Sharpens every plane; the border reflects without repeating the edge pixel.
  /// - Parameter mask: How.
  /// - Throws: `DegradationError` for a radius below 1.
  public func sharpened(_ mask: UnsharpMask = UnsharpMask()) throws -> PlanarImage {
    let side = mask.radius % 2 == 0 ? mask.radius + 1 : mask.radius
    let profile = try GaussianProfile.weights(side: side)
    var edges = try filtered(rows: profile, columns: profile)
    let (weight, threshold) = (Float(mask.weight), Float(mask.threshold))
    let count = pixels.count
    var sharp = pixels.withUnsafeBufferPointer { original in
      edges.pixels.withUnsafeMutableBufferPointer { edges in
        [Float](unsafeUninitializedCapacity: count) { sharp, initialized in
          for index in 0..<count {
            let residual = original[index] - edges[index]
            edges[index] = abs(residual) * 255 > threshold ? 1 : 0
            sharp.initializeElement(at: index, to: min(max(original[index] + weight * residual, 0), 1))
          }
          initialized = count
        }
      }
    }
    let soft = try edges.filtered(rows: profile, columns: profile)
    pixels.withUnsafeBufferPointer { original in
      soft.pixels.withUnsafeBufferPointer { soft in
        sharp.withUnsafeMutableBufferPointer { sharp in
          for index in 0..<count {
            sharp[index] = soft[index] * sharp[index] + (1 - soft[index]) * original[index]
          }
        }
      }
    }
    return PlanarImage(unchecked: sharp, width: width, height: height, channels: channels)
  }
}
