import Testing

@testable import Pictures

@Suite struct OrientationTests {
  /// A coarse 3x2 chequer of known colours, which lossy codecs leave recognisable.
  static let colours: [[[Int]]] = [
    [[255, 0, 0], [0, 255, 0], [0, 0, 255]],
    [[255, 255, 0], [0, 255, 255], [255, 255, 255]],
  ]
  static let block = 16

  /// Where the upright place (x, y) is stored: the table of EXIF 2.32, tag 0x0112, in blocks of a 3x2 picture.
  static func place(_ orientation: Int, _ x: Int, _ y: Int) -> (x: Int, y: Int) {
    switch orientation {
    case 2: (2 - x, y)
    case 3: (2 - x, 1 - y)
    case 4: (x, 1 - y)
    case 5: (y, x)
    case 6: (y, 1 - x)
    case 7: (2 - y, 1 - x)
    case 8: (2 - y, x)
    default: (x, y)
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let format: PictureFormat
    let orientation: Int
    var testDescription: String { "\(format.name) \(orientation)" }
  }

  static let cases = [PictureFormat.jpeg, .png, .webp, .tiff].flatMap { format in
    (1...8).map { Case(format: format, orientation: $0) }
  }

  @Test(arguments: cases) func isAppliedAndReset(_ item: Case) throws {
    let block = Self.block
    let maker = Maker(3 * block, 2 * block) { x, y, band in Self.colours[y / block][x / block][band] }
    let bytes = try maker.encoded(item.format) { image in
      image.set("orientation", to: item.orientation)
      // PNG takes it from an EXIF block alone: one directory of one entry, tag 0x0112.
      let exif: [UInt8] = [
        0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, UInt8(item.orientation), 0, 0, 0, 0, 0, 0, 0,
      ]
      if item.format == .png { image.set(.exif, to: PictureMetadata.exifPrefix + exif) }
    }
    let picture = try Picture.read(bytes: bytes)
    let sideways = item.orientation >= 5
    #expect(picture.width == (sideways ? 2 : 3) * block)
    #expect(picture.height == (sideways ? 3 : 2) * block)
    for y in 0..<picture.height / block {
      for x in 0..<picture.width / block {
        let from = Self.place(item.orientation, x, y)
        let expected = Self.colours[from.y][from.x].map { Float($0) / 255 }
        #expect(distance(picture.pixel(x * block + 8, y * block + 8), expected) < 0.05, "block \(x), \(y)")
      }
    }
    let header = try Picture.header(bytes: bytes)
    #expect((header.width, header.height) == (picture.width, picture.height))
    #expect(header.orientation == item.orientation)

    let again = try picture.encoded(as: item.format).bytes
    #expect(try Picture.header(bytes: again).orientation == 1)
    let second = try Picture.read(bytes: again)
    for y in 0..<picture.height / block {
      for x in 0..<picture.width / block {
        let (at, down) = (x * block + 8, y * block + 8)
        #expect(distance(second.pixel(at, down), picture.pixel(at, down)) < 0.05)
      }
    }
  }
}
