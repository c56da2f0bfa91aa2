internal import Foundation

/// An opened picture, of which only the header has been read.
struct PictureReader {
  let name: String
  let format: PictureFormat
  let image: VipsImage

  /// Opens by the first bytes; only the loader of that kind is ever asked.
  init(_ source: VipsSource, name: String, options: DecodingOptions, bytes: () -> Data) throws {
    self.name = name
    let head = source.sniff(PictureKind.sniffCount)
    switch PictureKind(firstBytes: head) {
    case .format(let found): format = found
    case .refused(let kind):
      throw PictureError(
        .refusedKind,
        "Could not read '\(name)': it is \(kind), which is not read. Convert it to PNG, JPEG, TIFF or WebP.")
    case .unknown:
      throw PictureError(
        .unknownKind, "Could not read '\(name)': it is not a picture of a known kind. Check that it is the right file.")
    }
    guard format.canRead else {
      throw PictureError(
        .kindUnavailable,
        "Could not read '\(name)': the installed libvips \(PictureLibrary.version) has no \(format.name) decoder.")
    }
    do {
      image = try VipsImage.load(format.loader, from: source)
    } catch let failure as VipsFailure {
      throw Self.error(for: failure, name: name, format: format, bytes: bytes)
    }
    let (pixels, overflow) = image.width.multipliedReportingOverflow(by: image.height)
    guard !overflow, pixels <= options.pixelLimit else {
      throw PictureError(
        .tooManyPixels,
        "Could not read '\(name)': its header claims \(image.width)x\(image.height) pixels, more than the limit of "
          + "\(options.pixelLimit). Raise the limit if the file is to be trusted.")
    }
  }

  var header: PictureHeader {
    let sideways = image.orientation >= 5
    let bands = image.bands
    let isGrey = image.space == .grey || (image.space == .other && bands < 3)
    return PictureHeader(
      format: format, width: sideways ? image.height : image.width, height: sideways ? image.width : image.height,
      bitDepth: image.format == .uint8 ? 8 : 16, isGrey: isGrey, hasAlpha: image.hasAlpha,
      orientation: image.orientation)
  }

  /// Plans orientation and colour conversion; pixels are decoded here only where the picture must be turned.
  func working() throws -> WorkingImage {
    // A turned picture needs its last row first, while decoders go from the top: decode it whole, as it is stored.
    let upright = try image.orientation == 1 ? image : image.copiedToMemory().turnedUpright()
    return try WorkingImage(upright, format: format, name: name)
  }

  func picture() throws -> Picture {
    let working = try working()
    let image = working.image
    let (width, height) = (image.width, image.height)
    let pixels = width * height
    var alpha: [Float]?
    let colour = try [Float](unsafeUninitializedCapacity: 3 * pixels) { colour, colourCount in
      if working.hasAlpha {
        alpha = try [Float](unsafeUninitializedCapacity: pixels) { alpha, alphaCount in
          try image.readPlanes(
            colour: colour.baseAddress, alpha: alpha.baseAddress, white: working.range.white,
            alphaWhite: working.range.alphaWhite)
          alphaCount = pixels
        }
      } else {
        try image.readPlanes(colour: colour.baseAddress, alpha: nil, white: working.range.white, alphaWhite: 1)
      }
      colourCount = 3 * pixels
    }
    return try Picture(
      width: width, height: height, colour: colour, alpha: alpha, bitDepth: working.bitDepth, isGrey: working.isGrey,
      profile: working.profile, metadata: PictureMetadata(of: self.image), warnings: working.warnings)
  }

  func rgb8() throws -> RGB8Picture {
    let working = try working()
    let image = working.image
    let count = 3 * image.width * image.height
    let samples = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      try image.readRGB8(buffer.baseAddress, white: working.range.white, alphaWhite: working.range.alphaWhite)
      initialized = count
    }
    return RGB8Picture(width: image.width, height: image.height, samples: samples)
  }

  /// Says whether a file was cut short or is damaged otherwise.
  static func error(for failure: VipsFailure, name: String, format: PictureFormat, bytes: () -> Data)
    -> PictureError
  {
    if Truncation.isCutShort(bytes(), format: format, reason: failure.text) {
      return PictureError(
        .truncated,
        "Could not read '\(name)': the \(format.name) file is truncated (\(failure.text)). Copy or download it again.")
    }
    return PictureError(
      .damaged, "Could not read '\(name)': the \(format.name) file is damaged (\(failure.text)). Try another copy.")
  }
}
