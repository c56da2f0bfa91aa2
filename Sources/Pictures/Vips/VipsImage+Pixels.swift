internal import CVips

extension VipsImage {
  /// An image over planar floats that must outlive it.
  ///
  /// - Parameter channels: 3 for colour, 1 for its luma, 0 for the alpha alone.
  static func overPlanes(
    colour: UnsafePointer<Float>?, alpha: UnsafePointer<Float>?, width: Int, height: Int, channels: Int, bits: Int,
    flatten: Bool
  ) throws -> VipsImage {
    try made {
      bv_from_planes(
        colour, alpha, Int32(width), Int32(height), Int32(channels), Int32(bits), flatten ? 1 : 0, $0)
    }
  }

  /// Computes the image into planar floats in 0...1, row by row.
  func readPlanes(
    colour: UnsafeMutablePointer<Float>?, alpha: UnsafeMutablePointer<Float>?, white: Double, alphaWhite: Double
  ) throws {
    try checkVips(bv_read_planes(handle, colour, alpha, Float(white), Float(alphaWhite)))
  }

  /// Computes the image into interleaved 8-bit RGB, alpha laid onto white.
  func readRGB8(_ rgb: UnsafeMutablePointer<UInt8>?, white: Double, alphaWhite: Double) throws {
    try checkVips(bv_read_rgb8(handle, rgb, Float(white), Float(alphaWhite)))
  }

  /// Encodes into a file.
  func save(_ format: PictureFormat, options: SaveOptions, path: String) throws {
    try checkVips(bv_save(Int32(format.kind), handle, options.c, path, nil, nil))
  }

  /// Encodes into memory.
  func saved(_ format: PictureFormat, options: SaveOptions) throws -> [UInt8] {
    var bytes: UnsafeMutableRawPointer?
    var count = 0
    try checkVips(bv_save(Int32(format.kind), handle, options.c, nil, &bytes, &count))
    guard let bytes else { throw VipsFailure(text: "the codec returned no bytes") }
    defer { bv_free(bytes) }
    return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
  }
}
