import Foundation

@testable import Pictures

/// Pictures to restore.
enum Samples {
  /// Colours that differ from place to place.
  static func picture(
    _ width: Int, _ height: Int, bitDepth: Int = 8, isGrey: Bool = false, alpha: ((Int, Int) -> Float)? = nil,
    profile: ColourProfile? = nil
  ) throws -> Picture {
    var colour: [Float] = []
    for channel in 0..<3 {
      for y in 0..<height {
        for x in 0..<width {
          let wave = sin(Float(x) * 0.7 + Float(isGrey ? 0 : channel)) * cos(Float(y) * 0.5)
          colour.append(0.5 + 0.3 * wave)
        }
      }
    }
    let opacity = alpha.map { alpha in (0..<height).flatMap { y in (0..<width).map { x in alpha(x, y) } } }
    return try Picture(
      width: width, height: height, colour: colour, alpha: opacity, bitDepth: bitDepth, isGrey: isGrey, profile: profile
    )
  }

  /// Red, green, blue and grey corners, as it should be seen.
  static func corners(_ width: Int, _ height: Int) throws -> Picture {
    let tints: [[Float]] = [[0.8, 0.1, 0.1], [0.1, 0.7, 0.1], [0.1, 0.2, 0.9], [0.5, 0.5, 0.5]]
    var colour: [Float] = []
    for channel in 0..<3 {
      for y in 0..<height {
        for x in 0..<width { colour.append(tints[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)][channel]) }
      }
    }
    return try Picture(width: width, height: height, colour: colour)
  }

  /// A picture stored as a camera held another way stores it, with the EXIF orientation that says so (EXIF 2.32, tag
  /// 0x0112): a JPEG that is seen as `upright`.
  static func jpeg(_ upright: Picture, orientation: Int) throws -> [UInt8] {
    let bytes = try stored(upright, orientation).encoded(as: .jpeg, options: EncodingOptions(quality: 100)).bytes
    // A little-endian TIFF structure with one directory of one entry.
    let tiff: [UInt8] =
      [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, UInt8(orientation), 0, 0, 0, 0, 0, 0, 0]
    let segment = Array("Exif\0\0".utf8) + tiff
    let length = segment.count + 2
    return Array(bytes.prefix(2)) + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + segment + bytes.dropFirst(2)
  }

  /// The pixels in the order in which the orientation's camera stores them.
  private static func stored(_ upright: Picture, _ orientation: Int) throws -> Picture {
    let sideways = orientation >= 5
    let (width, height) = sideways ? (upright.height, upright.width) : (upright.width, upright.height)
    // Where the stored pixel (x, y) is seen.
    func seen(_ x: Int, _ y: Int) -> (Int, Int) {
      switch orientation {
      case 2: (width - 1 - x, y)
      case 3: (width - 1 - x, height - 1 - y)
      case 4: (x, height - 1 - y)
      case 5: (y, x)
      case 6: (height - 1 - y, x)
      case 7: (height - 1 - y, width - 1 - x)
      case 8: (y, width - 1 - x)
      default: (x, y)
      }
    }
    var colour: [Float] = []
    for channel in 0..<3 {
      for y in 0..<height {
        for x in 0..<width {
          let (column, row) = seen(x, y)
          colour.append(upright.colour[(channel * upright.height + row) * upright.width + column])
        }
      }
    }
    return try Picture(width: width, height: height, colour: colour)
  }

  /// A JPEG of four inks.
  static func cmyk(_ width: Int, _ height: Int) throws -> [UInt8] {
    try PictureLibrary.start()
    let inks = (0..<width * height).flatMap { at -> [UInt8] in [UInt8(at % 200), 40, 120, 10] }
    return try inks.withUnsafeBytes { raw in
      try VipsImage.borrowing(raw, width: width, height: height, bands: 4, bits: 8).relabelled(.cmyk)
        .saved(.jpeg, options: SaveOptions(quality: 95))
    }
  }
}

extension Picture {
  /// The mean of each colour over a part of the picture, given in fractions.
  func mean(x: ClosedRange<Double> = 0...1, y: ClosedRange<Double> = 0...1) -> [Float] {
    func range(_ part: ClosedRange<Double>, _ side: Int) -> Range<Int> {
      Int(
        part.lowerBound * Double(side))..<max(
          Int(part.upperBound * Double(side)), Int(part.lowerBound * Double(side)) + 1)
    }
    let (rows, columns) = (range(y, height), range(x, width))
    return (0..<3).map { channel in
      var sum: Float = 0
      for row in rows { for column in columns { sum += colour[(channel * height + row) * width + column] } }
      return sum / Float(rows.count * columns.count)
    }
  }
}

func contents(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

/// Everything below a folder, hidden files too, sorted.
func tree(_ folder: String) -> [String] {
  (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []).sorted()
}

/// The largest difference between two means.
func distance(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max() ?? .infinity }
