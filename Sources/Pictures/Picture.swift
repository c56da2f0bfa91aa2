/// A decoded picture: upright, in sRGB, as floats, with what is needed to write it back as it came.
///
/// `colour` is planar, three planes (red, green, blue) of `height` rows of `width` samples, which is the memory layout
/// of a `[1, 3, height, width]` tensor (BCHW). Samples are sRGB-encoded (not linear light) in 0...1. A picture takes 12
/// bytes a pixel, 16 with alpha.
public struct Picture: Sendable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int

  /// Red, green and blue planes, `3 * width * height` sRGB-encoded samples in 0...1; not premultiplied by alpha.
  public let colour: [Float]

  /// Opacity, `width * height` samples in 0...1; nil for an opaque picture.
  public let alpha: [Float]?

  /// Bits a channel of the source, 8 or 16, told by its sample format and never by its values.
  public let bitDepth: Int

  /// Whether the source stores one colour channel; the three planes are then equal.
  public let isGrey: Bool

  /// The colour profile to write back; nil where the source has none, and then sRGB was assumed.
  public let profile: ColourProfile?

  /// What else the file carries.
  public let metadata: PictureMetadata

  /// What was found amiss and worked around, a sentence each.
  public let warnings: [String]

  /// Makes a picture from planes.
  ///
  /// - Parameters:
  ///   - width: columns, at least 1.
  ///   - height: rows, at least 1.
  ///   - colour: `3 * width * height` samples, planar.
  ///   - alpha: `width * height` samples, or nil.
  ///   - bitDepth: 8 or 16: what ``EncodingOptions/bitDepth`` follows unless told otherwise.
  ///   - isGrey: whether to write one colour channel.
  ///   - profile: what to convert to and embed when written.
  ///   - metadata: what to carry along.
  ///   - warnings: sentences for the user.
  /// - Throws: ``PictureError`` with `invalidArgument` when sizes do not fit together.
  public init(
    width: Int, height: Int, colour: [Float], alpha: [Float]? = nil, bitDepth: Int = 8, isGrey: Bool = false,
    profile: ColourProfile? = nil, metadata: PictureMetadata = .init(), warnings: [String] = []
  ) throws {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, pixels <= Int.max / 16 else {
      throw PictureError(
        .invalidArgument, "Could not make a picture of \(width)x\(height) pixels: both sides must be at least 1.")
    }
    guard colour.count == 3 * pixels, alpha == nil || alpha?.count == pixels else {
      throw PictureError(
        .invalidArgument,
        "Could not make a picture of \(width)x\(height) pixels from \(colour.count) colour and \(alpha?.count ?? 0) "
          + "alpha samples: give \(3 * pixels), and \(pixels) or none.")
    }
    guard bitDepth == 8 || bitDepth == 16 else {
      throw PictureError(.invalidArgument, "Could not make a picture of \(bitDepth) bits a channel: give 8 or 16.")
    }
    self.width = width
    self.height = height
    self.colour = colour
    self.alpha = alpha
    self.bitDepth = bitDepth
    self.isGrey = isGrey
    self.profile = profile
    self.metadata = metadata
    self.warnings = warnings
  }

  /// The same picture with other pixels, possibly of another size: profile, metadata, bit depth and greyness stay.
  ///
  /// - Parameters:
  ///   - width: columns of the new planes.
  ///   - height: rows of the new planes.
  ///   - colour: `3 * width * height` samples, planar.
  ///   - alpha: `width * height` samples, or nil.
  /// - Throws: ``PictureError`` with `invalidArgument` when sizes do not fit together.
  public func replacingPixels(width: Int, height: Int, colour: [Float], alpha: [Float]? = nil) throws -> Picture {
    try Picture(
      width: width, height: height, colour: colour, alpha: alpha, bitDepth: bitDepth, isGrey: isGrey, profile: profile,
      metadata: metadata, warnings: warnings)
  }

  /// What Burnish wrote into the file about how it was made; empty for other pictures.
  public var provenance: [String: String] { metadata.provenance }
}
