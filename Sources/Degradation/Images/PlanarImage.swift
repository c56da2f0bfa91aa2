internal import CFilters

/// A small picture as plain numbers: planes one after the other (CHW), 0 … 1, free to cross threads.
///
/// Degradation of training crops runs on these and not on tensors: many threads do it at once, each on one core.
public struct PlanarImage: Sendable, Equatable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Planes: 3 for RGB, 1 for grey.
  public let channels: Int
  /// `channels · height · width` values, a plane after the other, each row by row.
  public internal(set) var pixels: [Float]

  /// A picture from its pixels.
  /// - Parameters:
  ///   - width: Columns, at least 1.
  ///   - height: Rows, at least 1.
  ///   - channels: Planes, at least 1.
  ///   - pixels: Plane by plane, row by row.
  /// - Throws: `DegradationError` when the number of pixels is not what the sizes say.
  public init(width: Int, height: Int, channels: Int = 3, pixels: [Float]) throws {
    guard width > 0, height > 0, channels > 0, pixels.count == width * height * channels else {
      throw DegradationError(
        .picture,
        "making a picture of \(width)x\(height)x\(channels) from \(pixels.count) values: the numbers do not fit")
    }
    self.init(unchecked: pixels, width: width, height: height, channels: channels)
  }

  /// A picture from interleaved 8-bit RGB (HWC), as decoders give it.
  /// - Parameters:
  ///   - rgb8: `height · width · 3` bytes.
  ///   - width: Columns, at least 1.
  ///   - height: Rows, at least 1.
  /// - Throws: `DegradationError` when the number of bytes is not what the sizes say.
  public init(rgb8: [UInt8], width: Int, height: Int) throws {
    guard width > 0, height > 0, rgb8.count == width * height * 3 else {
      throw DegradationError(
        .picture,
        "making a picture of \(width)x\(height) from \(rgb8.count) bytes of RGB: \(width * height * 3) are needed")
    }
    self.init(unchecked: Self.planes(rgb8, count: width * height), width: width, height: height, channels: 3)
  }

  init(unchecked pixels: [Float], width: Int, height: Int, channels: Int) {
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// Pixels of one plane.
  public var planeCount: Int { width * height }

  /// Interleaved bytes, clamped and rounded half up (as MATLAB does). A grey picture gives one byte a pixel; NaN gives 0.
  public func bytes8() -> [UInt8] {
    let (planeCount, channels) = (planeCount, channels)
    if channels == 3 {
      return [UInt8](unsafeUninitializedCapacity: 3 * planeCount) { target, count in
        if let first = target.baseAddress { bf_levels_from_planes(pixels, planeCount, first) }
        count = 3 * planeCount
      }
    }
    return pixels.withUnsafeBufferPointer { source in
      [UInt8](unsafeUninitializedCapacity: planeCount * channels) { target, count in
        for channel in 0..<channels {
          for index in 0..<planeCount {
            target[index * channels + channel] = Self.level(source[channel * planeCount + index])
          }
        }
        count = planeCount * channels
      }
    }
  }

  /// Every value clamped to 0 … 1.
  public func clamped() -> PlanarImage { mapped { min(max($0, 0), 1) } }

  /// Every value clamped and rounded to the nearest of the 256 levels of an 8-bit file.
  public func quantised() -> PlanarImage { mapped { Float(Self.level($0)) / 255 } }

  /// What the 256 levels stand for.
  static let values: [Float] = (0..<256).map { Float($0) / 255 }

  func mapped(_ transform: (Float) -> Float) -> PlanarImage {
    PlanarImage(unchecked: pixels.map(transform), width: width, height: height, channels: channels)
  }

  @inline(__always)
  static func level(_ value: Float) -> UInt8 {
    let level = Double(value) * 255 + 0.5
    return level >= 255 ? 255 : level > 0 ? UInt8(level) : 0
  }

  private static func planes(_ rgb8: [UInt8], count planeCount: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: planeCount * 3) { target, count in
      if let first = target.baseAddress { bf_planes_from_levels(rgb8, planeCount, first) }
      count = planeCount * 3
    }
  }
}
