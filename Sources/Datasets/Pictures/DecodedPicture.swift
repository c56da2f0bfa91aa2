public import Degradation

/// A decoded picture held in memory: interleaved 8-bit RGB.
public struct DecodedPicture: Sendable, Equatable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// `height · width · 3` bytes (HWC).
  public let rgb8: [UInt8]

  /// A picture from its bytes.
  /// - Parameters:
  ///   - width: Columns, at least 1.
  ///   - height: Rows, at least 1.
  ///   - rgb8: Interleaved RGB.
  /// - Throws: `DatasetError` when the number of bytes is not what the sides say.
  public init(width: Int, height: Int, rgb8: [UInt8]) throws {
    guard width > 0, height > 0, rgb8.count == width * height * 3 else {
      throw DatasetError(
        .picture, "holding a picture of \(width)x\(height): \(rgb8.count) bytes came, \(width * height * 3) are needed")
    }
    self.width = width
    self.height = height
    self.rgb8 = rgb8
  }

  /// The picture made smaller by MATLAB's bicubic and rounded to 8 bits again.
  /// - Parameter factor: New size over old, in 0 … 1; 1 gives the picture itself.
  /// - Throws: `DegradationError` for a factor that makes no picture.
  public func shrunk(_ factor: Double) throws -> DecodedPicture {
    guard factor != 1 else { return self }
    let small = try PlanarImage(rgb8: rgb8, width: width, height: height).resized(factor: factor, .matlabBicubic)
    return try DecodedPicture(width: small.width, height: small.height, rgb8: small.bytes8())
  }

  /// A square part, turned one of eight ways.
  /// - Parameters:
  ///   - left: First column.
  ///   - top: First row.
  ///   - side: Columns and rows; the square must lie inside.
  ///   - turn: 0 … 7: bit 0 mirrors left and right, bit 1 mirrors up and down, bit 2 swaps rows and columns (after the mirrors).
  /// - Throws: `DatasetError` when the square leaves the picture.
  public func crop(left: Int, top: Int, side: Int, turn: Int = 0) throws -> PlanarImage {
    guard side > 0, left >= 0, top >= 0, left + side <= width, top + side <= height else {
      throw DatasetError(
        .picture,
        "cropping \(side)x\(side) at (\(left), \(top)) from a picture of \(width)x\(height): it leaves the picture")
    }
    let (stepX, stepY, start) = steps(left: left, top: top, side: side, turn: turn)
    let pixels = rgb8.withUnsafeBufferPointer { source in
      [Float](unsafeUninitializedCapacity: 3 * side * side) { target, count in
        for y in 0..<side {
          var from = start + y * stepY
          for x in 0..<side {
            let to = y * side + x
            target[to] = Float(source[from]) / 255
            target[to + side * side] = Float(source[from + 1]) / 255
            target[to + 2 * side * side] = Float(source[from + 2]) / 255
            from += stepX
          }
        }
        count = 3 * side * side
      }
    }
    return try PlanarImage(width: side, height: side, pixels: pixels)
  }

  /// How much there is to learn from a square part that lies inside: the mean difference between neighbouring pixels' greens, of
  /// every second row, in levels.
  func detail(left: Int, top: Int, side: Int) -> Double {
    guard side > 1 else { return 0 }
    var sum = 0
    rgb8.withUnsafeBufferPointer { pixels in
      for y in stride(from: top, to: top + side, by: 2) {
        var at = (y * width + left) * 3 + 1
        for _ in 1..<side {
          sum += abs(Int(pixels[at + 3]) - Int(pixels[at]))
          at += 3
        }
      }
    }
    return Double(sum) / Double((side - 1) * ((side + 1) / 2))
  }

  /// How far one step right and one step down in the crop go in the bytes, and where they start.
  private func steps(left: Int, top: Int, side: Int, turn: Int) -> (right: Int, down: Int, start: Int) {
    let mirrorsX = turn & 1 != 0
    let mirrorsY = turn & 2 != 0
    let column = mirrorsX ? -3 : 3
    let row = (mirrorsY ? -3 : 3) * width
    let first = ((mirrorsY ? top + side - 1 : top) * width + (mirrorsX ? left + side - 1 : left)) * 3
    return turn & 4 != 0 ? (row, column, first) : (column, row, first)
  }
}
