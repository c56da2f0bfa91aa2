import Testing

@testable import Pictures

@Suite struct KindsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let format: PictureFormat
    let tolerance: Float
    var testDescription: String { format.name }
  }

  static let cases = [
    Case(format: .jpeg, tolerance: 0.04), Case(format: .png, tolerance: 0), Case(format: .webp, tolerance: 0.06),
    Case(format: .tiff, tolerance: 0), Case(format: .heic, tolerance: 0.06), Case(format: .avif, tolerance: 0.06),
  ]

  static func gradient(_ width: Int, _ height: Int, alpha: Bool = false) throws -> Picture {
    let planes = (0..<3).flatMap { band in
      (0..<height).flatMap { y in
        (0..<width).map { x -> Float in
          let steps: (Int, Int) = band == 0 ? (x, width) : band == 1 ? (y, height) : (x + y, width + height)
          return Float(steps.0) / Float(steps.1)
        }
      }
    }
    let mask = alpha ? (0..<width * height).map { Float($0 % width) / Float(width) } : nil
    return try Picture(width: width, height: height, colour: planes, alpha: mask)
  }

  @Test(arguments: cases) func everyKindComesBack(_ item: Case) throws {
    guard item.format.canWrite else { return }
    let picture = try Self.gradient(97, 66)
    let scratch = try Scratch()
    for ending in item.format.extensions + item.format.extensions.map({ $0.uppercased() }) {
      let path = scratch.file("picture." + ending)
      #expect(try picture.write(path: path).isEmpty)
      let again = try Picture.read(path: path)
      #expect((again.width, again.height) == (97, 66))
      #expect(distance(again.colour, picture.colour) <= item.tolerance + 0.502 / 255)
      let header = try Picture.header(path: path)
      #expect(header.format == item.format)
      #expect(!header.hasAlpha)
    }
    #expect(!scratch.names.contains { $0.hasSuffix(".part") })
  }

  @Test(arguments: cases) func alphaIsKeptOrLaidOntoWhite(_ item: Case) throws {
    guard item.format.canWrite else { return }
    let picture = try Self.gradient(64, 48, alpha: true)
    let (bytes, warnings) = try picture.encoded(as: item.format, options: .init(isLossless: true))
    let again = try Picture.read(bytes: bytes)
    if item.format == .jpeg {
      #expect(warnings.count == 1)
      #expect(warnings.first?.contains("holds no transparency") == true)
      #expect(again.alpha == nil)
      let opacity = Float(32) / 64
      #expect(distance(again.pixel(32, 24), picture.pixel(32, 24).map { $0 * opacity + 1 - opacity }) < 0.04)
    } else {
      #expect(warnings.isEmpty)
      #expect(distance(again.alpha ?? [], picture.alpha ?? []) < 0.04)
    }
  }

  @Test(arguments: [(1, 1), (3, 5000), (5000, 3), (1, 300)]) func extremeShapes(width: Int, height: Int) throws {
    let picture = try Self.gradient(width, height)
    for item in Self.cases where item.format.canWrite && item.format != .heic && item.format != .avif {
      let again = try Picture.read(bytes: picture.encoded(as: item.format).bytes)
      #expect((again.width, again.height) == (width, height))
      #expect(distance(again.colour, picture.colour) < 0.15, "\(item.format)")
    }
  }

  @Test func qualityAndLosslessTakeEffect() throws {
    let picture = try Picture.read(
      bytes: Maker(128, 128) { x, y, band in (x * 37 + y * 91 + x * y * band) % 256 }.encoded(.png))
    let low = try picture.encoded(as: .jpeg, options: .init(quality: 30)).bytes.count
    let high = try picture.encoded(as: .jpeg).bytes.count
    #expect(low * 2 < high)
    let lossless = try Picture.read(bytes: picture.encoded(as: .webp, options: .init(isLossless: true)).bytes)
    #expect(lossless.colour == picture.colour)
    let stored = try picture.encoded(as: .png, options: .init(compression: 0)).bytes.count
    #expect(try picture.encoded(as: .png, options: .init(compression: 9)).bytes.count < stored)
  }

  @Test func jpegKeepsFullColourResolution() throws {
    let bytes = try Self.gradient(32, 32).encoded(as: .jpeg).bytes
    // The frame header (SOF0): marker, length, precision, height, width, 3 components, then id and sampling factors.
    let at = try #require(bytes.indices.dropLast(20).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    #expect(bytes[at + 9] == 3)
    #expect([bytes[at + 11], bytes[at + 14], bytes[at + 17]] == [0x11, 0x11, 0x11])
  }

  @Test func greyStaysGrey() throws {
    let maker = Maker(32, 32, bands: 1) { x, y, _ in x * 4 + y * 4 }
    for format in [PictureFormat.jpeg, .png, .tiff] {
      let picture = try Picture.read(bytes: maker.encoded(format))
      #expect(picture.isGrey)
      #expect(Array(picture.colour.prefix(1024)) == Array(picture.colour.suffix(1024)))
      let again = try stored(picture.encoded(as: format).bytes, format)
      #expect(again.bands == 1)
    }
  }

  @Test func greyIsLumaOfColourThatCrept() throws {
    let picture = try Picture(width: 1, height: 1, colour: [1, 0, 0], isGrey: true)
    let again = try Picture.read(bytes: picture.encoded(as: .png).bytes)
    // BT.709's weight of red, in 8 bits.
    #expect(again.colour == [54, 54, 54].map { Float($0) / 255 })
  }

  @Test func oneBitAndPalettePNG() throws {
    // 2x1, 1 bit grey: 0b10; and 2x1 palette with red and half-transparent blue. Made by zlib's stored blocks.
    let grey: [UInt8] = PNGBytes.file(width: 2, height: 1, bits: 1, type: 0, rows: [[0b1000_0000]])
    let first = try Picture.read(bytes: grey)
    #expect(first.isGrey && first.bitDepth == 8)
    #expect(first.pixel(0, 0) == [1, 1, 1] && first.pixel(1, 0) == [0, 0, 0])
    let palette = PNGBytes.file(
      width: 2, height: 1, bits: 8, type: 3, rows: [[0, 1]],
      extra: [("PLTE", [255, 0, 0, 0, 0, 255]), ("tRNS", [255, 51])])
    let second = try Picture.read(bytes: palette)
    #expect(second.pixel(0, 0) == [1, 0, 0] && second.pixel(1, 0) == [0, 0, 1])
    #expect(second.alpha == [1, 0.2])
  }

  @Test func firstFrameOfGIF() throws {
    // 1x1, red; written by hand from the GIF89a specification.
    var gif: [UInt8] = Array("GIF89a".utf8)
    gif += [1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 0]
    gif += [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]
    let picture = try Picture.read(bytes: gif)
    #expect(picture.pixel(0, 0) == [1, 0, 0])
    #expect(try Picture.header(bytes: gif).format == .gif)
  }

  @Test func furtherFramesAreTold() throws {
    var gif: [UInt8] = Array("GIF89a".utf8)
    gif += [1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 0]
    for code: UInt8 in [0x44, 0x4C] { gif += [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, code, 1, 0] }
    gif.append(0x3B)
    let picture = try Picture.read(bytes: gif, name: "moving.gif")
    #expect(picture.pixel(0, 0) == [1, 0, 0] && picture.height == 1)
    #expect(picture.warnings == ["'moving.gif' holds 2 pictures; the first was read."])
  }

  @Test func rgb8IsTheSamePictureOnWhite() throws {
    let maker = Maker(5, 4, bands: 4, bits: 16) { x, y, band in band == 3 ? x * 16_383 : (x + y + band) * 5000 }
    let bytes = try maker.encoded(.png)
    let full = try Picture.read(bytes: bytes)
    let flat = try Picture.decodeRGB8(bytes: bytes)
    #expect((flat.width, flat.height, flat.samples.count) == (5, 4, 60))
    for (x, y) in [(0, 0), (2, 1), (4, 3)] {
      let opacity = try #require(full.alpha)[y * 5 + x]
      for (band, value) in full.pixel(x, y).enumerated() {
        let expected = (value * opacity + 1 - opacity) * 255
        #expect(abs(Float(flat.samples[(y * 5 + x) * 3 + band]) - expected) <= 0.501)
      }
    }
    let scratch = try Scratch()
    #expect(try Picture.decodeRGB8(path: scratch.write(bytes, to: "a.png")) == flat)
  }
}

/// PNG files from their parts (PNG, third edition), with stored deflate blocks.
enum PNGBytes {
  static func file(
    width: Int, height: Int, bits: UInt8, type: UInt8, rows: [[UInt8]], extra: [(String, [UInt8])] = []
  ) -> [UInt8] {
    let raw: [UInt8] = rows.flatMap { (row: [UInt8]) -> [UInt8] in [0] + row }
    var (a, b) = (UInt32(1), UInt32(0))
    for byte in raw {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    let length = raw.count
    let sizes: [Int] = [length & 255, length >> 8, ~length & 255, (~length >> 8) & 255]
    var zlib: [UInt8] = [0x78, 1, 1]
    zlib += sizes.map { UInt8($0) }
    zlib += raw
    zlib += number((b << 16) | a)
    var header: [UInt8] = number(UInt32(width))
    header += number(UInt32(height))
    header += [bits, type, 0, 0, 0]
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    file += chunk("IHDR", header)
    for (name, data) in extra { file += chunk(name, data) }
    return file + chunk("IDAT", zlib) + chunk("IEND", [])
  }

  static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return number(UInt32(data.count)) + body + number(~crc)
  }

  private static func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }
}
