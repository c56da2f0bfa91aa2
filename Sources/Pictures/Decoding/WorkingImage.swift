/// A lazy image on its way into sRGB: 1 or 3 colour bands of 8 or 16 bits, then perhaps alpha.
struct WorkingImage {
  var image: VipsImage
  var range: SampleRange
  var hasAlpha: Bool
  var bitDepth: Int
  var isGrey: Bool
  var profile: ColourProfile?
  var warnings: [String] = []

  /// Plans the conversion of an upright image.
  ///
  /// - Throws: `VipsFailure`, or ``PictureError`` for samples without a meaning.
  init(_ loaded: VipsImage, format: PictureFormat, name: String) throws {
    var plan = Plan(loaded, name: name)
    try plan.split()
    try plan.toIntegers(heifBits: format == .heic || format == .avif ? loaded.int("heif-bitdepth") ?? 8 : 8)
    try plan.toSRGB()
    hasAlpha = plan.alpha != nil
    bitDepth = plan.bitDepth
    isGrey = plan.isGrey
    profile = plan.profile
    warnings = plan.warnings
    if let pages = loaded.int("n-pages"), pages > 1 {
      warnings.append("'\(name)' holds \(pages) pictures; the first was read.")
    }
    range = SampleRange(white: SampleRange.of(plan.colour.format), alphaWhite: 255)
    image = plan.colour
    guard let alpha = plan.alpha else { return }
    range.alphaWhite = SampleRange.of(alpha.format)
    // Joined bands take the wider format; the values stay as they are, and so does each one's white.
    image = try plan.colour.joined(with: alpha)
  }
}

extension WorkingImage {
  /// The steps of the conversion, with colour and alpha held apart.
  private struct Plan {
    var colour: VipsImage
    var alpha: VipsImage?
    let source: VipsImage
    let name: String
    var bitDepth: Int
    var isGrey = false
    var profile: ColourProfile?
    var warnings: [String] = []

    init(_ source: VipsImage, name: String) {
      self.source = source
      self.name = name
      colour = source
      bitDepth = source.format == .uint8 ? 8 : 16
      profile = source.blob(.profile).map { ColourProfile(bytes: $0) }
    }

    /// Takes colour and alpha apart by the meaning of the bands.
    mutating func split() throws {
      let bands = source.bands
      let colourBands =
        switch source.space {
        case .grey: 1
        case .rgb, .linearRGB: 3
        case .cmyk: 4
        case .other: bands < 3 ? 1 : 3
        }
      guard bands >= colourBands, source.format != .other || source.space == .other else {
        throw PictureError(
          .unsupportedSamples,
          "Could not read '\(name)': \(bands) channels of this sample type have no meaning as a photograph. "
            + "Convert it to 8- or 16-bit RGB.")
      }
      isGrey = colourBands == 1
      guard bands > colourBands else { return }
      colour = try source.extracting(0, count: colourBands)
      alpha = try source.extracting(colourBands, count: 1)
      if bands > colourBands + 1 {
        warnings.append(
          "'\(name)' has \(bands - colourBands) extra channels; the first was read as alpha, the others were dropped.")
      }
    }

    /// Brings floating-point and 32-bit samples to 16 bits, and part-filled HEIF samples to the full range.
    mutating func toIntegers(heifBits: Int) throws {
      if heifBits > 8, heifBits < 16, source.format == .uint16 {
        // libvips shifts samples of 10 or 12 bits up, which leaves white a little below 65535.
        let white = Double(((1 << heifBits) - 1) << (16 - heifBits))
        colour = try colour.scaled(by: 65_535 / white, to: .uint16).relabelled(isGrey ? .grey : .rgb)
        alpha = try alpha?.scaled(by: 65_535 / white, to: .uint16)
        return
      }
      let scale: Double
      switch source.format {
      case .float: scale = 65_535
      case .uint32: scale = 1 / 65_537
      default: return
      }
      alpha = try alpha?.scaled(by: scale, to: .uint16)
      if source.format == .float, source.space != .other, profile?.isUsable != true {
        profile = nil
        warnings.append("'\(name)' holds floating-point samples without a usable profile; read as linear light.")
        let linear = try isGrey ? colour.repeatedThrice() : colour.copied()
        linear.remove(VipsImage.Blob.profile.rawValue)
        let encoded = try linear.relabelled(.linearRGB).convertedToSRGB(bits: 16)
        colour = try isGrey ? encoded.extracting(0, count: 1).relabelled(.grey) : encoded
      } else if source.space != .other {
        colour = try colour.scaled(by: scale, to: .uint16)
          .relabelled(isGrey ? .grey : source.space == .cmyk ? .cmyk : .rgb)
      }
    }

    /// Converts the colour to sRGB by the embedded profile, or by what the bands mean.
    mutating func toSRGB() throws {
      switch source.space {
      case .cmyk: try cmykToSRGB()
      case .other: try otherToSRGB()
      default: try profiledToSRGB()
      }
    }

    private mutating func profiledToSRGB() throws {
      guard let found = profile else { return }
      if found.space != (isGrey ? .grey : .rgb), !(isGrey && found.space == .rgb) {
        drop("it is not made for \(isGrey ? "grey" : "RGB") pictures")
        return
      }
      switch found.use() {
      case .broken(let why): drop(why)
      case .sameAsSRGB: break
      case .differs:
        // Greys tagged with an RGB profile occur: they are its neutral axis.
        let input = try isGrey && found.space == .rgb ? colour.repeatedThrice() : colour
        colour = try found.withFile { try input.converted(from: $0, to: "srgb", bits: 16) }
      }
    }

    private mutating func cmykToSRGB() throws {
      if let found = profile, found.space == .cmyk, case .differs = found.use() {
        colour = try found.withFile { try colour.converted(from: $0, to: "srgb", bits: 16) }
      } else {
        let found =
          profile == nil ? "is CMYK without a colour profile" : "has a CMYK colour profile that cannot be used"
        warnings.append("'\(name)' \(found); a generic press was assumed.")
        colour = try colour.converted(from: "cmyk", to: "srgb", bits: 16)
      }
      profile = try ColourProfile.builtIn("srgb")
    }

    private mutating func otherToSRGB() throws {
      profile = nil
      let plain = try colour.copied()
      plain.remove(VipsImage.Blob.profile.rawValue)
      if source.format == .uint8 || source.format == .uint16 {
        if colour.bands < 3 {
          colour = try plain.relabelled(.grey)
          return
        }
      }
      guard let converted = try? plain.convertedToSRGB(bits: bitDepth), [.uint8, .uint16].contains(converted.format)
      else {
        throw PictureError(
          .unsupportedSamples,
          "Could not read '\(name)': its colour space or sample type is not one of a photograph. "
            + "Convert it to 8- or 16-bit RGB.")
      }
      colour = try converted.bands > 3 ? converted.extracting(0, count: 3) : converted
      isGrey = colour.bands == 1
    }

    private mutating func drop(_ why: String) {
      profile = nil
      warnings.append("'\(name)' has a colour profile that cannot be used (\(why)); sRGB was assumed.")
    }
  }
}

extension ColourProfile {
  fileprivate var isUsable: Bool {
    if case .broken = use() { return false }
    return true
  }
}

extension VipsImage {
  /// One band as three equal ones, marked as RGB.
  fileprivate func repeatedThrice() throws -> VipsImage {
    try joined(with: self).joined(with: self).relabelled(.rgb)
  }
}
