internal import CFilters

/// Baseline JPEG's losses in plain Swift, without a file in between: integer tables as libjpeg scales them, 4:2:0, triangular
/// chroma enlargement, 8-bit results.
///
/// For machines without a picture library, and for tests. It differs from libjpeg by a level here and there, because libjpeg's
/// transforms are in fixed point.
public struct BaselineJPEG: JPEGCodec {
  /// The codec has no settings.
  public init() {}

  /// Compresses and decodes.
  /// - Throws: `DegradationError` for a quality outside 1 … 100 or bytes that do not fit the sides.
  public func roundTrip(rgb8: [UInt8], width: Int, height: Int, quality: Int) throws -> [UInt8] {
    guard (1...100).contains(quality) else {
      throw DegradationError(.codec, "compressing as JPEG with quality \(quality): it must be from 1 to 100")
    }
    guard width > 0, height > 0, rgb8.count == width * height * 3 else {
      throw DegradationError(
        .codec, "compressing \(rgb8.count) bytes as a JPEG of \(width)x\(height): \(width * height * 3) are needed")
    }
    let percentage = JPEGTables.percentage(Double(quality)).rounded(.down)
    let scaled: (Double) -> Float = { Float(min(max((($0 * percentage + 50) / 100).rounded(.down), 1), 255)) }
    let chromaTable = JPEGTables.chrominance.map(scaled)
    let (luma, blue, red) = Self.split(rgb8, width, height)
    return Self.merge(
      luma.coded(JPEGTables.luminance.map(scaled)), blue.halved().coded(chromaTable).doubled(),
      red.halved().coded(chromaTable).doubled(), width, height)
  }

  /// Planes of whole 16x16 blocks; the last pixel of a row and the last row are repeated, as libjpeg does.
  private static func split(_ rgb8: [UInt8], _ width: Int, _ height: Int) -> (JPEGPlane, JPEGPlane, JPEGPlane) {
    let (paddedWidth, paddedHeight) = ((width + 15) / 16 * 16, (height + 15) / 16 * 16)
    var luma = JPEGPlane(width: paddedWidth, height: paddedHeight)
    var blue = luma
    var red = luma
    rgb8.withUnsafeBufferPointer { bytes in
      luma.values.withUnsafeMutableBufferPointer { luma in
        blue.values.withUnsafeMutableBufferPointer { blue in
          red.values.withUnsafeMutableBufferPointer { red in
            guard let from = bytes.baseAddress, let y = luma.baseAddress, let cb = blue.baseAddress,
              let cr = red.baseAddress
            else { return }
            for row in 0..<paddedHeight {
              let place = row * paddedWidth
              bf_split_colours(from + min(row, height - 1) * width * 3, width, y + place, cb + place, cr + place)
              for column in width..<max(paddedWidth, width) {
                for plane in [y, cb, cr] { plane[place + column] = plane[place + width - 1] }
              }
            }
          }
        }
      }
    }
    return (luma, blue, red)
  }

  private static func merge(_ luma: JPEGPlane, _ blue: JPEGPlane, _ red: JPEGPlane, _ width: Int, _ height: Int)
    -> [UInt8]
  {
    let stride = luma.width
    return luma.values.withUnsafeBufferPointer { luma in
      blue.values.withUnsafeBufferPointer { blue in
        red.values.withUnsafeBufferPointer { red in
          [UInt8](unsafeUninitializedCapacity: width * height * 3) { bytes, count in
            guard let y = luma.baseAddress, let cb = blue.baseAddress, let cr = red.baseAddress,
              let to = bytes.baseAddress
            else { return }
            for row in 0..<height {
              let place = row * stride
              bf_merge_colours(y + place, cb + place, cr + place, width, to + row * width * 3)
            }
            count = width * height * 3
          }
        }
      }
    }
  }
}
