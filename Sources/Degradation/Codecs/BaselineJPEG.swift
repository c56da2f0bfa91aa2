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
    for y in 0..<paddedHeight {
      for x in 0..<paddedWidth {
        let source = (min(y, height - 1) * width + min(x, width - 1)) * 3
        let (r, g, b) = (Float(rgb8[source]), Float(rgb8[source + 1]), Float(rgb8[source + 2]))
        let target = y * paddedWidth + x
        luma.values[target] = (0.299 * r + 0.587 * g + 0.114 * b).rounded()
        blue.values[target] = min((-0.168736 * r - 0.331264 * g + 0.5 * b + 128).rounded(), 255)
        red.values[target] = min((0.5 * r - 0.418688 * g - 0.081312 * b + 128).rounded(), 255)
      }
    }
    return (luma, blue, red)
  }

  private static func merge(_ luma: JPEGPlane, _ blue: JPEGPlane, _ red: JPEGPlane, _ width: Int, _ height: Int)
    -> [UInt8]
  {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(width * height * 3)
    let level: (Float) -> UInt8 = { UInt8(min(max($0.rounded(), 0), 255)) }
    for y in 0..<height {
      for x in 0..<width {
        let index = y * luma.width + x
        let (light, cb, cr) = (luma.values[index], blue.values[index] - 128, red.values[index] - 128)
        bytes.append(level(light + 1.402 * cr))
        bytes.append(level(light - 0.344136 * cb - 0.714136 * cr))
        bytes.append(level(light + 1.772 * cb))
      }
    }
    return bytes
  }
}
