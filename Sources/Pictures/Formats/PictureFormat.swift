internal import CVips
internal import Foundation

/// A kind of picture file that Burnish reads, and, but for GIF, writes.
public enum PictureFormat: String, Sendable, Hashable, CaseIterable {
  /// JPEG: 8 bits, no alpha, lossy.
  case jpeg
  /// PNG: 8 or 16 bits, alpha, lossless.
  case png
  /// WebP: 8 bits, alpha, lossy or lossless.
  case webp
  /// TIFF: 8 or 16 bits, alpha, lossless.
  case tiff
  /// HEIF with HEVC inside: written with 8 bits, alpha, lossy.
  case heic
  /// HEIF with AV1 inside: written with 8 bits, alpha, lossy.
  case avif
  /// GIF, of which the first frame is read; not written.
  case gif

  /// The name as people write it.
  public var name: String {
    switch self {
    case .jpeg: "JPEG"
    case .png: "PNG"
    case .webp: "WebP"
    case .tiff: "TIFF"
    case .heic: "HEIC"
    case .avif: "AVIF"
    case .gif: "GIF"
    }
  }

  /// The file extensions of this kind, in lower case and without the dot; the first is the usual one.
  public var extensions: [String] {
    switch self {
    case .jpeg: ["jpg", "jpeg"]
    case .png: ["png"]
    case .webp: ["webp"]
    case .tiff: ["tif", "tiff"]
    case .heic: ["heic", "heif"]
    case .avif: ["avif"]
    case .gif: ["gif"]
    }
  }

  /// The media type, such as `image/jpeg`.
  public var mediaType: String { "image/\(rawValue)" }

  /// The kind that a path's extension names, in upper or lower case; nil where it names none.
  public init?(extensionOf path: String) {
    let wanted = (path as NSString).pathExtension.lowercased()
    guard let match = Self.allCases.first(where: { $0.extensions.contains(wanted) }) else { return nil }
    self = match
  }

  /// The kind to write at a path, by its extension.
  ///
  /// - Throws: ``PictureError`` with `unknownExtension`, or `kindUnavailable` where this machine has no encoder for it.
  public static func output(path: String) throws -> PictureFormat {
    let known = allCases.filter { $0 != .gif }.flatMap(\.extensions).map { "." + $0 }.joined(separator: ", ")
    guard let format = PictureFormat(extensionOf: path), format != .gif else {
      throw PictureError(
        .unknownExtension,
        "Could not tell which kind of picture to write at '\(path)': end the name with one of \(known).")
    }
    try PictureLibrary.start()
    guard format.canWrite else {
      throw PictureError(
        .kindUnavailable,
        "Could not write '\(path)': the installed libvips \(PictureLibrary.version) has no \(format.name) encoder. "
          + "Choose another extension (.png, .jpg) or install libvips with it.")
    }
    return format
  }

  /// Whether files of this kind can hold transparency.
  public var holdsAlpha: Bool { self != .jpeg }

  /// Whether files of this kind are written with 16 bits a channel when asked.
  public var holdsSixteenBits: Bool { self == .png || self == .tiff }

  /// Whether the kind changes pixels when it is written with the default options.
  public var isLossy: Bool { self != .png && self != .tiff && self != .gif }

  /// The longest side, in pixels, that a file of this kind can hold.
  ///
  /// JPEG and WebP: the width of their size fields. PNG: libpng's own limit. TIFF: libvips' limit. HEIC and AVIF: what
  /// common decoders accept.
  public var longestSide: Int {
    switch self {
    case .jpeg: 65_535
    case .png: 1_000_000
    case .webp: 16_383
    case .tiff: 10_000_000
    case .heic, .avif: 16_384
    case .gif: 65_535
    }
  }

  /// Checks that a picture of this size can be written as this kind; call it before the work begins.
  ///
  /// - Parameters:
  ///   - width: in pixels.
  ///   - height: in pixels.
  /// - Throws: ``PictureError`` with `tooLargeForKind` or `invalidArgument`.
  public func check(width: Int, height: Int) throws {
    guard width > 0, height > 0 else {
      throw PictureError(
        .invalidArgument, "Could not plan a \(name) file of \(width)x\(height) pixels: both sides must be at least 1.")
    }
    guard max(width, height) <= longestSide else {
      let larger = Self.allCases.filter { $0 != .gif && $0.longestSide >= max(width, height) }
      let advice =
        larger.isEmpty
        ? "make the picture smaller"
        : "write " + larger.map { "." + $0.extensions[0] }.joined(separator: " or ") + ", or make the picture smaller"
      throw PictureError(
        .tooLargeForKind,
        "A \(name) file cannot hold \(width)x\(height) pixels: its longest side is \(longestSide); \(advice).")
    }
  }
}

extension PictureFormat {
  /// The kind's number in `CVips.h`.
  var kind: Int {
    switch self {
    case .jpeg: Int(BV_KIND_JPEG)
    case .png: Int(BV_KIND_PNG)
    case .webp: Int(BV_KIND_WEBP)
    case .tiff: Int(BV_KIND_TIFF)
    case .heic: Int(BV_KIND_HEIC)
    case .avif: Int(BV_KIND_AVIF)
    case .gif: -1
    }
  }

  var loader: String {
    switch self {
    case .heic, .avif: "heifload_source"
    default: "\(rawValue)load_source"
    }
  }

  var canRead: Bool { PictureLibrary.hasOperation(loader) }

  var canWrite: Bool {
    switch self {
    case .gif: false
    case .heic: Self.writesHEIC
    case .avif: Self.writesAVIF
    default: PictureLibrary.hasOperation("\(rawValue)save")
    }
  }

  private static let writesHEIC = encodesSample(.heic)
  private static let writesAVIF = encodesSample(.avif)

  /// Whether libheif has an encoder for the kind, which only a try tells.
  private static func encodesSample(_ format: PictureFormat) -> Bool {
    guard PictureLibrary.hasOperation("heifsave") else { return false }
    let grey = [UInt8](repeating: 128, count: 64 * 64 * 3)
    let encoded = try? grey.withUnsafeBytes { samples in
      try VipsImage.borrowing(samples, width: 64, height: 64, bands: 3, bits: 8)
        .saved(format, options: SaveOptions())
    }
    return encoded != nil
  }
}
