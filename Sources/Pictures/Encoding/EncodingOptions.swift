/// How a picture is written.
public struct EncodingOptions: Sendable, Hashable {
  /// 1...100 for the lossy kinds (JPEG, WebP, HEIC, AVIF); 95 unless set. JPEG, HEIC and AVIF keep full colour
  /// resolution (4:4:4).
  public var quality: Int

  /// 8 or 16 bits a channel; nil, the default, follows the source. Kinds without 16 bits are written with 8.
  public var bitDepth: Int?

  /// Whether WebP is written without loss; off unless set.
  public var isLossless: Bool

  /// zlib's effort for PNG, 0...9; 6 unless set.
  public var compression: Int

  /// Whether EXIF, XMP and IPTC are carried over; on unless set. The colour profile always is.
  public var keepsMetadata: Bool

  /// How the picture was made, written into the file's XMP packet (and, for the key `software`, into EXIF Software or
  /// its like), to be read back by ``Picture/provenance``.
  ///
  /// Keys are names of letters, digits, `_`, `-` and `.` that begin with a letter or `_`; others are left out with a
  /// warning. Empty unless set; then nothing is written.
  public var provenance: [String: String]

  /// Makes options.
  public init(
    quality: Int = 95, bitDepth: Int? = nil, isLossless: Bool = false, compression: Int = 6, keepsMetadata: Bool = true,
    provenance: [String: String] = [:]
  ) {
    self.quality = quality
    self.bitDepth = bitDepth
    self.isLossless = isLossless
    self.compression = compression
    self.keepsMetadata = keepsMetadata
    self.provenance = provenance
  }

  /// Checks the ranges.
  ///
  /// - Throws: ``PictureError`` with `invalidArgument`.
  public func check() throws {
    guard (1...100).contains(quality) else {
      throw PictureError(.invalidArgument, "Could not use quality \(quality): give a number from 1 to 100.")
    }
    guard (0...9).contains(compression) else {
      throw PictureError(.invalidArgument, "Could not use PNG compression \(compression): give a number from 0 to 9.")
    }
    guard bitDepth == nil || bitDepth == 8 || bitDepth == 16 else {
      throw PictureError(
        .invalidArgument, "Could not use \(bitDepth ?? 0) bits a channel: give 8, 16 or none to follow the source.")
    }
  }
}
