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
