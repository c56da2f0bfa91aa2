internal import CFilters

/// One component of a picture on its way through JPEG: levels 0 … 255, sides multiples of 8.
struct JPEGPlane {
  let width, height: Int
  var values: [Float]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    values = [Float](repeating: 0, count: width * height)
  }

  private static let transform = JPEGTables.transform.map { Float($0) }

  /// After the DCT, division by the table, rounding, and the way back; clamped and rounded to levels.
  func coded(_ table: [Float]) -> JPEGPlane {
    var result = self
    result.values.withUnsafeMutableBufferPointer { values in
      guard let first = values.baseAddress else { return }
      for index in values.indices { values[index] -= 128 }
      for top in stride(from: 0, to: height, by: 8) {
        bf_quantise_blocks(first + top * width, width, width / 8, Self.transform, table)
      }
      for index in values.indices { values[index] = Self.level(values[index] + 128) }
    }
    return result
  }

  /// Clamped to 0 … 255 and rounded, half up.
  @inline(__always)
  static func level(_ value: Float) -> Float { Float(Int32(min(max(value, 0), 255) + 0.5)) }

  /// Means of 2x2 pixels, rounded with 0.25 and 0.5 more in turn along a row, which is how libjpeg avoids a drift.
  func halved() -> JPEGPlane {
    var result = JPEGPlane(width: width / 2, height: height / 2)
    let half = result.width
    values.withUnsafeBufferPointer { values in
      result.values.withUnsafeMutableBufferPointer { target in
        for y in 0..<height / 2 {
          for x in 0..<half {
            let index = 2 * y * width + 2 * x
            let sum = values[index] + values[index + 1] + values[index + width] + values[index + width + 1]
            target[y * half + x] = Float(Int32(sum + Float(1 + x % 2)) >> 2)
          }
        }
      }
    }
    return result
  }

  /// Twice the sides: each new sample is 3/4 of its nearest and 1/4 of its next source sample along each axis.
  func doubled() -> JPEGPlane {
    var result = JPEGPlane(width: width * 2, height: height * 2)
    let (width, height) = (width, height)
    values.withUnsafeBufferPointer { values in
      result.values.withUnsafeMutableBufferPointer { target in
        // One source row more at each end stands for the repeated edge sample.
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width + 2) { line in
          for y in 0..<2 * height {
            let near = y / 2 * width
            let far = min(max(y / 2 + (y % 2 == 0 ? -1 : 1), 0), height - 1) * width
            for x in 0..<width { line[x + 1] = 3 * values[near + x] + values[far + x] }
            line[0] = line[1]
            line[width + 1] = line[width]
            let out = y * 2 * width
            for x in 0..<width {
              target[out + 2 * x] = Float(Int32(3 * line[x + 1] + line[x] + 8) >> 4)
              target[out + 2 * x + 1] = Float(Int32(3 * line[x + 1] + line[x + 2] + 7) >> 4)
            }
          }
        }
      }
    }
    return result
  }
}
