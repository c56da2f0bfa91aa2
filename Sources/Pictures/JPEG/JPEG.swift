internal import CVips

/// JPEG as a degradation.
public enum JPEG {
  /// Compresses 8-bit RGB as libjpeg does by default (4:2:0) and decompresses it again, in memory.
  ///
  /// May be called from many threads at once; each call runs on its own thread.
  ///
  /// - Parameters:
  ///   - rgb8: `height * width * 3` samples: rows of red, green, blue (HWC).
  ///   - width: columns, 1...65535.
  ///   - height: rows, 1...65535.
  ///   - quality: libjpeg's quality, 1...100.
  /// - Returns: samples of the same layout.
  /// - Throws: ``PictureError`` with `invalidArgument`, or `encodingFailed` when libjpeg fails.
  public static func roundTrip(rgb8: [UInt8], width: Int, height: Int, quality: Int) throws -> [UInt8] {
    try PictureLibrary.start()
    try PictureFormat.jpeg.check(width: width, height: height)
    guard rgb8.count == 3 * width * height else {
      throw PictureError(
        .invalidArgument,
        "Could not compress \(rgb8.count) samples as \(width)x\(height) RGB: give \(3 * width * height).")
    }
    try EncodingOptions(quality: quality).check()
    let status: Int32
    var out = [UInt8](repeating: 0, count: rgb8.count)
    status = rgb8.withUnsafeBufferPointer { samples in
      out.withUnsafeMutableBufferPointer { result in
        bv_jpeg_round_trip(
          samples.baseAddress, Int32(width), Int32(height), Int32(quality), result.baseAddress)
      }
    }
    guard status == 0 else {
      throw PictureError(
        .encodingFailed,
        "Could not compress \(width)x\(height) pixels at JPEG quality \(quality): \(takeVipsError()).")
    }
    return out
  }
}
