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
    var block = [Float](repeating: 0, count: 64)
    var half = block
    for top in stride(from: 0, to: height, by: 8) {
      for left in stride(from: 0, to: width, by: 8) {
        for index in 0..<64 { block[index] = values[(top + index / 8) * width + left + index % 8] - 128 }
        Self.multiply(Self.transform, block, into: &half)
        Self.multiply(half, transposed: Self.transform, into: &block)
        for index in 0..<64 { block[index] = (block[index] / table[index]).rounded() * table[index] }
        Self.multiply(transposed: Self.transform, block, into: &half)
        Self.multiply(half, Self.transform, into: &block)
        for index in 0..<64 {
          result.values[(top + index / 8) * width + left + index % 8] = min(max((block[index] + 128).rounded(), 0), 255)
        }
      }
    }
    return result
  }

  /// Means of 2x2 pixels, rounded with 0.25 and 0.5 more in turn along a row, which is how libjpeg avoids a drift.
  func halved() -> JPEGPlane {
    var result = JPEGPlane(width: width / 2, height: height / 2)
    for y in 0..<result.height {
      for x in 0..<result.width {
        let index = 2 * y * width + 2 * x
        let sum = values[index] + values[index + 1] + values[index + width] + values[index + width + 1]
        result.values[y * result.width + x] = ((sum + Float(1 + x % 2)) / 4).rounded(.down)
      }
    }
    return result
  }

  /// Twice the sides: each new sample is 3/4 of its nearest and 1/4 of its next source sample along each axis.
  func doubled() -> JPEGPlane {
    var result = JPEGPlane(width: width * 2, height: height * 2)
    for y in 0..<result.height {
      let near = y / 2 * width
      let far = min(max(y / 2 + (y % 2 == 0 ? -1 : 1), 0), height - 1) * width
      for x in 0..<result.width {
        let next = min(max(x / 2 + (x % 2 == 0 ? -1 : 1), 0), width - 1)
        let here = 3 * values[near + x / 2] + values[far + x / 2]
        let beside = 3 * values[near + next] + values[far + next]
        result.values[y * result.width + x] = ((3 * here + beside + (x % 2 == 0 ? 8 : 7)) / 16).rounded(.down)
      }
    }
    return result
  }

  private static func multiply(_ a: [Float], _ b: [Float], into c: inout [Float]) {
    product(into: &c) { row, column, k in a[row * 8 + k] * b[k * 8 + column] }
  }

  private static func multiply(_ a: [Float], transposed b: [Float], into c: inout [Float]) {
    product(into: &c) { row, column, k in a[row * 8 + k] * b[column * 8 + k] }
  }

  private static func multiply(transposed a: [Float], _ b: [Float], into c: inout [Float]) {
    product(into: &c) { row, column, k in a[k * 8 + row] * b[k * 8 + column] }
  }

  @inline(__always)
  private static func product(into c: inout [Float], _ term: (Int, Int, Int) -> Float) {
    for row in 0..<8 {
      for column in 0..<8 {
        var sum: Float = 0
        for k in 0..<8 { sum += term(row, column, k) }
        c[row * 8 + column] = sum
      }
    }
  }
}
