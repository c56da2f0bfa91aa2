/// Something that compresses a picture as JPEG and decodes it again.
///
/// The program fills this with the picture library that also reads and writes its files; ``BaselineJPEG`` needs none.
public protocol JPEGCodec: Sendable {
  /// Compresses and decodes.
  /// - Parameters:
  ///   - rgb8: Interleaved RGB (HWC), `height · width · 3` bytes.
  ///   - width: Columns.
  ///   - height: Rows.
  ///   - quality: 1 … 100, as libjpeg counts; chroma is halved along both sides (4:2:0).
  /// - Returns: As many bytes, in the same order.
  /// - Throws: What the library reports. Called from several threads at once.
  func roundTrip(rgb8: [UInt8], width: Int, height: Int, quality: Int) throws -> [UInt8]
}

extension PlanarImage {
  /// The picture as it comes out of a JPEG file: clamped, rounded to 8 bits, compressed and decoded.
  /// - Parameters:
  ///   - quality: 1 … 100.
  ///   - codec: Who does it.
  /// - Throws: `DegradationError` when the picture is not RGB or the codec answers another number of bytes; else what the codec throws.
  public func compressed(quality: Int, by codec: any JPEGCodec) throws -> PlanarImage {
    guard channels == 3 else {
      throw DegradationError(.picture, "compressing a picture of \(channels) channels as JPEG: it must have 3")
    }
    let bytes = try codec.roundTrip(rgb8: bytes8(), width: width, height: height, quality: quality)
    guard bytes.count == width * height * 3 else {
      throw DegradationError(
        .codec,
        "compressing a picture of \(width)x\(height) as JPEG: the codec answered \(bytes.count) bytes instead of \(width * height * 3)"
      )
    }
    return try PlanarImage(rgb8: bytes, width: width, height: height)
  }
}
