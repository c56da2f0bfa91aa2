import Foundation
import Testing

@testable import Pictures

@Suite struct ColourTests {
  /// Muted colours, inside sRGB and Display P3 alike.
  static func muted(_ bits: Int) -> Maker {
    let unit = bits == 16 ? 257 : 1
    return Maker(36, 20, bits: bits) { x, y, band in (100 + [x * 2, y * 3, 10 + x][band]) * unit }
  }

  @Test(arguments: [8, 16]) func profileIsHonouredAndWrittenBack(bits: Int) throws {
    let profile = try ColourProfile.builtIn("p3")
    #expect(profile.space == .rgb)
    var maker = Self.muted(bits)
    maker.profile = profile
    let bytes = try maker.encoded(.png)
    let picture = try Picture.read(bytes: bytes)
    #expect(picture.warnings.isEmpty)
    #expect(picture.profile == profile)
    let white: Float = bits == 16 ? 65_535 : 255
    let raw = try Picture.read(bytes: Self.muted(bits).encoded(.png))
    #expect(distance(raw.colour, picture.colour) > 0.02, "the profile makes a difference")
    // Display P3 has sRGB's curve and white; its matrix to sRGB in linear light, by the chromaticities of SMPTE EG 432-1.
    let expected = Self.p3ToSRGB(raw.pixel(30, 5))
    #expect(distance(picture.pixel(30, 5), expected) < 0.004)

    for format in [PictureFormat.png, .tiff] {
      let again = try picture.encoded(as: format).bytes
      let file = try stored(again, format)
      #expect(file.image.blob(.profile) == profile.bytes)
      file.image.remove("icc-profile-data")
      let samples = try Picture.read(bytes: again).colour
      // lcms interpolates in a table when the samples have 16 bits.
      #expect(distance(samples, picture.colour) <= (bits == 16 ? 30 : 2) / white)
    }
  }

  @Test func writtenSamplesAreThoseOfTheSource() throws {
    for bits in [8, 16] {
      var maker = Self.muted(bits)
      maker.profile = try ColourProfile.builtIn("p3")
      let again = try Picture.read(bytes: maker.encoded(.tiff)).encoded(as: .tiff).bytes
      let image = try stored(again, .tiff).image
      var planes = [Float](repeating: 0, count: 3 * maker.width * maker.height)
      let white: Double = bits == 16 ? 65_535 : 255
      try planes.withUnsafeMutableBufferPointer {
        try image.readPlanes(colour: $0.baseAddress, alpha: nil, white: white, alphaWhite: 1)
      }
      let pixels = maker.width * maker.height
      let farthest = (0..<3 * pixels).map { at in
        abs(planes[at] * Float(white) - Float(maker.samples[at % pixels * 3 + at / pixels]))
      }.max()
      #expect((farthest ?? .infinity) <= (bits == 16 ? 20 : 1), "\(bits) bits: \(farthest ?? -1)")
    }
  }

  static func p3ToSRGB(_ encoded: [Float]) -> [Float] {
    let linear = encoded.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    let matrix: [[Float]] = [
      [1.2249402, -0.2249402, 0], [-0.0420570, 1.0420570, 0], [-0.0196376, -0.0786361, 1.0982735],
    ]
    return matrix.map { row in
      let value = zip(row, linear).map(*).reduce(0, +)
      return value <= 0.0031308 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055
    }
  }

  @Test func sameColoursAreLeftAlone() throws {
    var maker = Self.muted(8)
    maker.profile = try ColourProfile.builtIn("srgb")
    let plain = try Picture.read(bytes: Self.muted(8).encoded(.png))
    let tagged = try Picture.read(bytes: maker.encoded(.png))
    #expect(tagged.colour == plain.colour)
    #expect(tagged.profile == maker.profile)
    #expect(plain.profile == nil)
    #expect(try stored(tagged.encoded(as: .jpeg).bytes, .jpeg).image.blob(.profile) == maker.profile?.bytes)
    #expect(try stored(plain.encoded(as: .jpeg).bytes, .jpeg).image.blob(.profile) == nil)
  }

  @Test func brokenProfileIsToldAndSRGBAssumed() throws {
    let whole = try ColourProfile.builtIn("p3").bytes
    var cases: [[UInt8]] = [Array("no profile".utf8), Array(whole.prefix(200))]
    cases.append(whole.prefix(128) + [UInt8](repeating: 0xFF, count: whole.count - 128))
    let plain = try Picture.read(bytes: Self.muted(8).encoded(.tiff))
    for bytes in cases {
      var maker = Self.muted(8)
      maker.profile = ColourProfile(bytes: bytes)
      let picture = try Picture.read(bytes: maker.encoded(.tiff))
      #expect(picture.colour == plain.colour)
      #expect(picture.profile == nil)
      #expect(picture.warnings.count == 1)
      #expect(picture.warnings.first?.contains("sRGB was assumed") == true)
    }
  }

  @Test func profileOfAnotherKindOfPictureIsNotUsed() throws {
    var maker = Self.muted(8)
    maker.profile = try ColourProfile.builtIn("cmyk")
    let picture = try Picture.read(bytes: maker.encoded(.tiff))
    #expect(picture.profile == nil)
    #expect(picture.warnings.first?.contains("not made for RGB") == true)
  }

  @Test func alphaIsUntouchedByTheProfile() throws {
    for bits in [8, 16] {
      var maker = Maker(16, 16, bands: 4, bits: bits) { x, y, band in
        (band == 3 ? x * 16 : 90 + y) * (bits == 16 ? 257 : 1)
      }
      maker.profile = try ColourProfile.builtIn("p3")
      let picture = try Picture.read(bytes: maker.encoded(.png))
      let expected = (0..<256).map { Float($0 % 16 * 16) / 255 }
      #expect(distance(picture.alpha ?? [], expected) < 1e-6)
      let again = try Picture.read(bytes: picture.encoded(as: .png).bytes)
      #expect(distance(again.alpha ?? [], expected) < 1e-6)
      #expect(distance(again.colour, picture.colour) <= 1.5 / 255)
    }
  }

  @Test(arguments: [PictureFormat.jpeg, .tiff], [true, false])
  func cmykBecomesSRGB(format: PictureFormat, hasProfile: Bool) throws {
    // No ink, black ink, cyan ink, yellow ink, in quarters of a picture.
    let inks = [[0, 0, 0, 0], [0, 0, 0, 255], [255, 0, 0, 0], [0, 0, 255, 0]]
    var maker = Maker(64, 16, bands: 4) { x, _, band in inks[x / 16][band] }
    maker.space = .cmyk
    if hasProfile { maker.profile = try ColourProfile.builtIn("cmyk") }
    let bytes = try maker.encoded(format)
    let picture = try Picture.read(bytes: bytes)
    #expect(picture.alpha == nil && !picture.isGrey)
    let (paper, black, cyan, yellow) = (
      picture.pixel(8, 8), picture.pixel(24, 8), picture.pixel(40, 8), picture.pixel(56, 8)
    )
    #expect(paper.allSatisfy { $0 > 0.97 })
    #expect(black.allSatisfy { $0 < 0.25 })
    #expect(cyan[0] < 0.3 && cyan[1] > 0.5 && cyan[2] > 0.7)
    #expect(yellow[0] > 0.9 && yellow[1] > 0.8 && yellow[2] < 0.4)
    #expect(picture.warnings.isEmpty == hasProfile)
    if !hasProfile { #expect(picture.warnings.first?.contains("generic press was assumed") == true) }
    let srgb = try ColourProfile.builtIn("srgb")
    #expect(picture.profile == srgb)
    let again = try stored(picture.encoded(as: .jpeg).bytes, .jpeg)
    #expect(again.bands == 3)
    #expect(again.image.blob(.profile) == srgb.bytes)
  }

  @Test func greyProfileRoundTrips() throws {
    for bits in [8, 16] {
      var maker = Maker(64, 4, bands: 1, bits: bits) { x, _, _ in x * 4 * (bits == 16 ? 257 : 1) }
      maker.profile = ColourProfile(bytes: GreyProfile.gamma(1.8))
      let bytes = try maker.encoded(.png)
      let picture = try Picture.read(bytes: bytes)
      #expect(picture.isGrey && picture.warnings.isEmpty, "\(picture.warnings)")
      // A sample of 128 with gamma 1.8 is brighter than the same sample in sRGB.
      let expected = Self.encode(pow(Float(128) / 255, 1.8))
      #expect(abs(picture.pixel(32, 0)[0] - expected) < 0.004)
      let again = try picture.encoded(as: .png).bytes
      let file = try stored(again, .png)
      let second = try Picture.read(bytes: again)
      #expect(file.bands == 1)
      #expect(file.image.blob(.profile) == maker.profile?.bytes)
      #expect(distance(second.colour, picture.colour) <= (bits == 16 ? 0.003 : 0.005))
    }
  }

  @Test func greyTaggedWithAnRGBProfile() throws {
    var maker = Maker(16, 16, bands: 1) { x, y, _ in x * 8 + y * 8 }
    maker.profile = try ColourProfile.builtIn("srgb")
    // JPEG lets this pass, as cameras and scanners do.
    let picture = try Picture.read(bytes: maker.encoded(.jpeg))
    #expect(picture.isGrey && picture.warnings.isEmpty)
    let again = try stored(picture.encoded(as: .png).bytes, .png)
    #expect(again.bands == 1)
    #expect(again.image.blob(.profile) == nil)
  }

  static func encode(_ value: Float) -> Float {
    value <= 0.0031308 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055
  }
}

/// A grey ICC profile from its parts (ICC.1:2001-04, version 2).
enum GreyProfile {
  static func gamma(_ value: Double) -> [UInt8] {
    func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }
    func text(_ string: String) -> [UInt8] { Array(string.utf8) }
    let white = text("XYZ ") + number(0) + number(0xF6D6) + number(0x10000) + number(0xD32D)
    let fixed = Int(value * 256)
    let curve = text("curv") + number(0) + number(1) + [UInt8(fixed >> 8), UInt8(fixed & 255), 0, 0]
    let name = text("desc") + number(0) + number(5) + text("grey\0") + [UInt8](repeating: 0, count: 4 + 4 + 2 + 1 + 67)
    let padded = name + [UInt8](repeating: 0, count: (4 - name.count % 4) % 4)
    let copyright = text("text") + number(0) + text("none") + [0, 0, 0, 0]
    let tags: [(String, [UInt8])] = [("desc", padded), ("wtpt", white), ("kTRC", curve), ("cprt", copyright)]
    var table = number(tags.count)
    var data: [UInt8] = []
    let start = 128 + 4 + 12 * tags.count
    for (name, bytes) in tags {
      table += text(name) + number(start + data.count) + number(bytes.count)
      data += bytes
    }
    var header = number(start + data.count) + text("lcms") + number(0x0210_0000) + text("mntrGRAYXYZ ")
    header += [UInt8](repeating: 0, count: 12) + text("acsp") + [UInt8](repeating: 0, count: 28)
    header += number(0xF6D6) + number(0x10000) + number(0xD32D) + [UInt8](repeating: 0, count: 48)
    return header + table + data
  }
}
