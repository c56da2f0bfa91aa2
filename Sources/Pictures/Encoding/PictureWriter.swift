internal import CVips

/// Plans how a picture becomes a file of one kind; the image borrows the picture's planes.
struct PictureWriter {
  let picture: Picture
  let format: PictureFormat
  let options: EncodingOptions
  /// What messages call the output.
  let name: String

  /// Bits a channel of the output.
  var bits: Int { format.holdsSixteenBits ? options.bitDepth ?? picture.bitDepth : 8 }

  /// Checks everything that can be known before the work.
  func check() throws {
    try PictureLibrary.start()
    try options.check()
    try format.check(width: picture.width, height: picture.height)
    guard format.canWrite else {
      throw PictureError(
        .kindUnavailable,
        "Could not write '\(name)': the installed libvips \(PictureLibrary.version) has no \(format.name) encoder.")
    }
    guard Self.isFinite(picture.colour), picture.alpha.map(Self.isFinite) ?? true else {
      throw PictureError(
        .invalidPixels,
        "Could not write '\(name)': the picture holds values that are no numbers. This is a defect of the restoration; "
          + "try --dtype fp32.")
    }
  }

  /// Builds the lazy image and hands it to `body`, together with warnings; builds it again without metadata when the
  /// codec stumbles over that.
  func withImage(_ body: (VipsImage) throws -> Void) throws -> [String] {
    var warnings: [String] = []
    try picture.colour.withUnsafeBufferPointer { colour in
      try withOptionalPointer(picture.alpha) { alpha in
        let pixels = try pixels(colour: colour.baseAddress, alpha: alpha, warnings: &warnings)
        var notes = MetadataNotes()
        let dressed = try MetadataDresser(picture: picture, format: format, options: options).dress(pixels, &notes)
        do {
          try body(dressed)
          warnings += notes.warnings
        } catch let failure as VipsFailure
          where notes.isAnythingAttached && AtomicFile.noSpaceText(in: failure.text) == nil
        {
          try body(pixels)
          warnings.append("The metadata could not be written (\(failure.text)) and was left out of '\(name)'.")
        }
      }
    }
    return warnings
  }

  var saveOptions: SaveOptions {
    // Classic TIFF counts bytes in 32 bits; deflate may grow noise a little.
    let size = picture.width * picture.height * 4 * bits / 8
    return SaveOptions(
      quality: options.quality, isLossless: options.isLossless, compression: options.compression,
      isBig: size > 4_000_000_000)
  }

  /// The pixels in the colours of the output, with its profile.
  private func pixels(
    colour: UnsafePointer<Float>?, alpha: UnsafePointer<Float>?, warnings: inout [String]
  ) throws -> VipsImage {
    var profile = picture.profile
    var conversion: ColourProfile?
    if let found = profile {
      switch found.use() {
      case .broken(let why):
        warnings.append("The colour profile cannot be used (\(why)); '\(name)' was written as sRGB.")
        profile = nil
      case .sameAsSRGB: break
      case .differs where found.space == .cmyk:
        profile = try ColourProfile.builtIn("srgb")
      case .differs where (try? Self.tryConversion(to: found)) == nil:
        // A profile of a scanner may know the way in only.
        warnings.append("The colour profile cannot be converted to; '\(name)' was written as sRGB.")
        profile = nil
      case .differs: conversion = found
      }
    }
    // A grey file may not carry an RGB profile, and needs none where that says sRGB.
    if picture.isGrey, conversion == nil, profile?.space != .grey { profile = nil }
    // The reverse: colour may have been added to a grey picture.
    if !picture.isGrey, profile?.space == .grey { (profile, conversion) = (nil, nil) }
    let isGrey = picture.isGrey && (profile == nil || profile?.space == .grey)
    let flatten = alpha != nil && !format.holdsAlpha
    if flatten {
      warnings.append("\(format.name) holds no transparency: '\(name)' was laid onto white.")
    }
    let (width, height) = (picture.width, picture.height)
    // A conversion starts from 16-bit RGB, whatever comes out of it.
    var image = try VipsImage.overPlanes(
      colour: colour, alpha: alpha, width: width, height: height, channels: isGrey && conversion == nil ? 1 : 3,
      bits: conversion == nil ? bits : 16, flatten: flatten)
    if let conversion {
      image = try conversion.withFile { try image.converted(from: "srgb", to: $0, bits: bits) }
    }
    if let alpha, !flatten {
      let opacity = try VipsImage.overPlanes(
        colour: nil, alpha: alpha, width: width, height: height, channels: 0, bits: bits, flatten: false)
      image = try image.joined(with: opacity)
    }
    image = try image.copied()
    if let profile { image.set(.profile, to: profile.bytes) } else { image.remove(VipsImage.Blob.profile.rawValue) }
    return image
  }

  /// Plans a conversion of one pixel.
  private static func tryConversion(to profile: ColourProfile) throws -> Bool {
    try [UInt8](repeating: 128, count: 3).withUnsafeBytes { pixel in
      let image = try VipsImage.borrowing(pixel, width: 1, height: 1, bands: 3, bits: 8)
      _ = try profile.withFile { try image.converted(from: "srgb", to: $0, bits: 16).copiedToMemory() }
    }
    return true
  }

  private static func isFinite(_ samples: [Float]) -> Bool {
    samples.withUnsafeBufferPointer { bv_all_finite($0.baseAddress, $0.count) != 0 }
  }
}

/// `withUnsafeBufferPointer` for an array that may not be there.
private func withOptionalPointer<Result>(
  _ samples: [Float]?, _ body: (UnsafePointer<Float>?) throws -> Result
) rethrows -> Result {
  guard let samples else { return try body(nil) }
  return try samples.withUnsafeBufferPointer { try body($0.baseAddress) }
}
