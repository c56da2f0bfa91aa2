/// What a picture file carries besides pixels and colour profile.
public struct PictureMetadata: Sendable, Hashable {
  /// Pixels a millimetre, across and down.
  public struct Density: Sendable, Hashable {
    /// Pixels a millimetre across.
    public var x: Double
    /// Pixels a millimetre down.
    public var y: Double

    /// Makes a density; the default is what libvips takes for unknown.
    public init(x: Double = 1, y: Double = 1) {
      self.x = x
      self.y = y
    }
  }

  /// The EXIF block: a TIFF structure, without the `Exif\0\0` that stands before it in JPEG.
  ///
  /// The orientation inside is that of the source file; it is set to upright when the picture is written.
  public var exif: [UInt8]?

  /// The XMP packet, UTF-8 XML.
  public var xmp: [UInt8]?

  /// The IPTC-IIM data, without the Photoshop resource that wraps it in JPEG.
  public var iptc: [UInt8]?

  /// Intended size on paper.
  public var density: Density

  /// The ImageDescription of a TIFF file.
  public var imageDescription: String?

  /// Makes metadata.
  public init(
    exif: [UInt8]? = nil, xmp: [UInt8]? = nil, iptc: [UInt8]? = nil, density: Density = .init(),
    imageDescription: String? = nil
  ) {
    self.exif = exif
    self.xmp = xmp
    self.iptc = iptc
    self.density = density
    self.imageDescription = imageDescription
  }

  /// What Burnish wrote into the XMP packet about how the picture was made; empty where there is nothing.
  public var provenance: [String: String] { xmp.map { XMPPacket(bytes: $0).provenance } ?? [:] }
}

extension PictureMetadata {
  /// Whether a block begins with a directory that lies inside it.
  static func isWhole(exif: [UInt8]) -> Bool {
    guard let directory = TIFFDirectory(exif) else { return false }
    return !directory.isCutShort && directory.count > 0
  }

  static let exifPrefix: [UInt8] = Array("Exif\0\0".utf8)

  init(of image: VipsImage) {
    self.init(
      exif: image.blob(.exif).map { $0.starts(with: Self.exifPrefix) ? Array($0.dropFirst(6)) : $0 },
      xmp: image.blob(.xmp), iptc: image.blob(.iptc).flatMap(IPTCBlock.bare), density: image.density,
      imageDescription: image.string("image-description"))
  }
}
