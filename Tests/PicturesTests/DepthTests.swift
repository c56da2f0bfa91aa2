import Testing

@testable import Pictures

@Suite struct DepthTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let format: PictureFormat
    let bands: Int
    let bits: Int
    /// The brightest sample; a dark 16-bit picture is 16-bit all the same.
    var top = 0
    var testDescription: String { "\(format.name), \(bands) bands of \(bits) bits, up to \(top)" }
  }

  static let cases: [Case] = [PictureFormat.png, .tiff].flatMap { format in
    [1, 2, 3, 4].flatMap { bands in
      [(8, 255), (16, 65_535), (16, 200)].map { Case(format: format, bands: bands, bits: $0.0, top: $0.1) }
    }
  }

  @Test(arguments: cases) func losslessKindsComeBackExactly(_ item: Case) throws {
    let (width, height) = (61, 23)
    let maker = Maker(width, height, bands: item.bands, bits: item.bits) { x, y, band in
      ((x * 7919 + y * 104_729 + band * 1299) * 31) % (item.top + 1)
    }
    let bytes = try maker.encoded(item.format)
    let picture = try Picture.read(bytes: bytes)
    #expect(picture.bitDepth == item.bits)
    #expect(picture.isGrey == (item.bands < 3))
    #expect((picture.alpha != nil) == (item.bands % 2 == 0))
    #expect(picture.warnings.isEmpty)
    let white = item.bits == 16 ? Float(65_535) : 255
    #expect(picture.pixel(1, 1)[0] == Float(maker.samples[(width + 1) * item.bands]) / white)
    if let alpha = picture.alpha {
      #expect(alpha[5] == Float(maker.samples[5 * item.bands + item.bands - 1]) / white)
    }

    let again = try picture.encoded(as: item.format)
    #expect(again.warnings.isEmpty)
    #expect(try stored(again.bytes, item.format).bands == item.bands)
    let second = try Picture.read(bytes: again.bytes)
    #expect(second.bitDepth == item.bits)
    #expect(second.colour == picture.colour)
    #expect(second.alpha == picture.alpha)
  }

  @Test func bitDepthCanBeChosenAndRoundsToNearest() throws {
    let values: [Float] = [0, 0.4 / 255, 0.6 / 255, 127.4 / 255, 127.6 / 255, 1, -0.5, 1.5]
    let expected: [Float] = [0, 0, 1, 127, 128, 255, 0, 255].map { $0 / 255 }
    let picture = try Picture(width: 8, height: 1, colour: values + values + values, bitDepth: 16)
    let narrow = try Picture.read(bytes: picture.encoded(as: .png, options: .init(bitDepth: 8)).bytes)
    #expect(narrow.bitDepth == 8)
    #expect(narrow.colour == expected + expected + expected)
    let wide = try Picture.read(bytes: picture.encoded(as: .png).bytes)
    #expect(wide.bitDepth == 16)
    #expect(distance(wide.colour, picture.colour.map { min(max($0, 0), 1) }) <= 0.5001 / 65_535)
    #expect(try Picture.read(bytes: picture.encoded(as: .jpeg).bytes).bitDepth == 8)
  }

  @Test func bitDepthIsNotGuessedFromExtension() throws {
    let maker = Maker(8, 8, bits: 16) { x, _, _ in x }
    let scratch = try Scratch()
    let path = try scratch.write(maker.encoded(.png), to: "misnamed.jpg")
    #expect(try Picture.read(path: path).bitDepth == 16)
  }

  @Test(arguments: [1, 3]) func floatingPointIsReadAsLinearLightAndClamped(bands: Int) throws {
    let maker = Maker(4, 1, bands: bands, bits: 16) { x, _, _ in x * 10_000 }
    // 0, 0.5, 1 and 1.5 in linear light.
    let bytes = try maker.image { image in
      try image.scaled(by: 0.5 / 10_000, to: .float).relabelled(bands == 3 ? .linearRGB : .grey)
        .saved(.tiff, options: SaveOptions())
    }
    let picture = try Picture.read(bytes: bytes)
    #expect(picture.bitDepth == 16)
    #expect(picture.isGrey == (bands == 1))
    // IEC 61966-2-1: 0.5 in linear light is 0.7354 encoded.
    #expect(distance(Array(picture.colour[0..<4]), [0, 0.7354, 1, 1]) < 0.001)
    #expect(picture.warnings.count == 1)
    #expect(picture.warnings.first?.contains("linear light") == true)
  }

  @Test func notANumberIsRefused() throws {
    for bad in [Float.nan, .infinity, -.infinity] {
      var colour = [Float](repeating: 0.5, count: 3 * 7)
      colour[20] = bad
      let picture = try Picture(width: 7, height: 1, colour: colour)
      let found = error { _ = try picture.encoded(as: .png) }
      #expect(found?.code == .invalidPixels)
      #expect(found?.message.contains("no numbers") == true)
    }
  }
}
