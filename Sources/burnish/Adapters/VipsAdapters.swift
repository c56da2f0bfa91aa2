internal import Datasets
internal import Degradation
internal import Pictures

/// libvips as the decoder that data sets ask for.
struct VipsDecoder: PictureDecoder {
  func decodeRGB8(path: String) throws -> (width: Int, height: Int, pixels: [UInt8]) {
    let picture = try Picture.decodeRGB8(path: path)
    return (picture.width, picture.height, picture.samples)
  }
}

/// libvips as the JPEG codec that degradations ask for.
struct VipsJPEGCodec: JPEGCodec {
  func roundTrip(rgb8: [UInt8], width: Int, height: Int, quality: Int) throws -> [UInt8] {
    try JPEG.roundTrip(rgb8: rgb8, width: width, height: height, quality: quality)
  }
}

/// libvips as the encoder that data sets ask for.
struct VipsEncoder: PictureEncoder {
  func encode(rgb8: [UInt8], width: Int, height: Int, as format: LosslessFormat) throws -> [UInt8] {
    var planes = [Float](repeating: 0, count: rgb8.count)
    for pixel in 0..<width * height {
      for channel in 0..<3 { planes[channel * width * height + pixel] = Float(rgb8[pixel * 3 + channel]) / 255 }
    }
    let picture = try Picture(width: width, height: height, colour: planes)
    return try picture.encoded(
      as: format == .png ? .png : .webp, options: EncodingOptions(bitDepth: 8, isLossless: true)
    ).bytes
  }
}
