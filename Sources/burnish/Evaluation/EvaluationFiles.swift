internal import Datasets
internal import Evaluation
internal import Pictures

/// libvips as the picture library that evaluations ask for.
struct EvaluationFiles: PictureFiles {
  /// WebP of this quality shows no loss beside a restored picture, at about 60 kB for 512×512.
  private static let previewQuality = 88

  func decodeRGB8(path: String) throws -> (width: Int, height: Int, pixels: [UInt8]) {
    try VipsDecoder().decodeRGB8(path: path)
  }

  func writePNG(_ picture: DecodedPicture, to path: String) throws {
    try Self.picture(picture).write(path: path, options: EncodingOptions(bitDepth: 8))
  }

  func preview(_ picture: DecodedPicture) throws -> (mediaType: String, bytes: [UInt8]) {
    let planar = try Self.picture(picture)
    let options = EncodingOptions(quality: Self.previewQuality, bitDepth: 8, keepsMetadata: false)
    do { return ("image/webp", try planar.encoded(as: .webp, options: options).bytes) } catch let error as PictureError
      where error.code == .kindUnavailable
    {
      return ("image/jpeg", try planar.encoded(as: .jpeg, options: options).bytes)
    }
  }

  private static func picture(_ picture: DecodedPicture) throws -> Picture {
    let count = picture.width * picture.height
    var colour = [Float](repeating: 0, count: 3 * count)
    picture.rgb8.withUnsafeBufferPointer { bytes in
      for channel in 0..<3 {
        for index in 0..<count { colour[channel * count + index] = Float(bytes[3 * index + channel]) / 255 }
      }
    }
    return try Picture(width: picture.width, height: picture.height, colour: colour)
  }
}
