internal import CFilters

/// Carries a resize out, in one of three arithmetics.
struct ResamplePass {
  let rows: ResampleWeights
  let columns: ResampleWeights

  /// Rows (height) first, then columns, in single precision.
  func run(_ image: PlanarImage) -> PlanarImage {
    let (width, height, channels) = (image.width, image.height, image.channels)
    let (newWidth, newHeight, taps) = (columns.count, rows.count, columns.taps)
    let across = columns.weights.map { Float($0) }
    let down = rows.weights.map { Float($0) }
    let result = image.pixels.withUnsafeBufferPointer { source in
      [Float](unsafeUninitializedCapacity: channels * newWidth * newHeight) { target, count in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { line in
          guard let from = source.baseAddress, let row = line.baseAddress else { return }
          across.withUnsafeBufferPointer { weights in
            columns.indices.withUnsafeBufferPointer { indices in
              for channel in 0..<channels {
                for y in 0..<newHeight {
                  Self.combine(rows, down, y, from + channel * width * height, width, into: row)
                  let out = UnsafeMutableBufferPointer(rebasing: target[((channel * newHeight + y) * newWidth)...])
                  for x in 0..<newWidth {
                    var sum: Float = 0
                    for tap in x * taps..<(x + 1) * taps { sum += weights[tap] * row[indices[tap]] }
                    out.initializeElement(at: x, to: sum)
                  }
                }
              }
            }
          }
        }
        count = channels * newWidth * newHeight
      }
    }
    return PlanarImage(unchecked: result, width: newWidth, height: newHeight, channels: channels)
  }

  private static func combine(
    _ rows: ResampleWeights, _ weights: [Float], _ y: Int, _ plane: UnsafePointer<Float>, _ width: Int,
    into line: UnsafeMutablePointer<Float>
  ) {
    weights.withUnsafeBufferPointer { weights in
      rows.indices.withUnsafeBufferPointer { indices in
        guard let weight = weights.baseAddress, let index = indices.baseAddress else { return }
        bf_combine_lines_float(plane, width, line, width, index + y * rows.taps, weight + y * rows.taps, rows.taps)
      }
    }
  }

  /// Rows first, then columns, in double precision: on an 8-bit picture MATLAB's bytes come out, ties included.
  func runInDouble(_ image: PlanarImage) -> PlanarImage {
    let (width, height, channels) = (image.width, image.height, image.channels)
    let (newWidth, newHeight, taps) = (columns.count, rows.count, columns.taps)
    let result = image.pixels.withUnsafeBufferPointer { source in
      [Float](unsafeUninitializedCapacity: channels * newWidth * newHeight) { target, count in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: width * (height + 1)) { buffer in
          guard let levels = buffer.baseAddress else { return }
          let line = levels + width * height
          for channel in 0..<channels {
            for index in 0..<width * height { levels[index] = Self.snapped(source[channel * width * height + index]) }
            for y in 0..<newHeight {
              rows.indices.withUnsafeBufferPointer { indices in
                rows.weights.withUnsafeBufferPointer { weights in
                  guard let index = indices.baseAddress, let weight = weights.baseAddress else { return }
                  bf_combine_lines(levels, width, line, width, index + y * rows.taps, weight + y * rows.taps, rows.taps)
                }
              }
              let out = UnsafeMutableBufferPointer(rebasing: target[((channel * newHeight + y) * newWidth)...])
              columns.indices.withUnsafeBufferPointer { indices in
                columns.weights.withUnsafeBufferPointer { weights in
                  for x in 0..<newWidth {
                    var sum = 0.0
                    for tap in x * taps..<(x + 1) * taps { sum += weights[tap] * line[indices[tap]] }
                    out.initializeElement(at: x, to: Self.stored(sum))
                  }
                }
              }
            }
          }
        }
        count = channels * newWidth * newHeight
      }
    }
    return PlanarImage(unchecked: result, width: newWidth, height: newHeight, channels: channels)
  }

  /// A value in levels of 0 … 255, whole where it is one in all but float32's rounding. Adding and taking away 1.5 · 2⁵² rounds.
  @inline(__always)
  private static func snapped(_ value: Float) -> Double {
    let level = Double(value) * 255
    let whole = (level + 0x1.8p52) - 0x1.8p52
    return abs(level - whole) < 1e-5 ? whole : level
  }

  /// A level as float32 in 0 … 1, on the same side of the half between two levels: rounding to 8 bits later gives what rounding now would.
  @inline(__always)
  private static func stored(_ level: Double) -> Float {
    let value = Float(level / 255)
    guard abs(level) < 1e6 else { return value }
    let found = Int(Double(value) * 255 + 0.5)
    let wanted = Int(level + 0.5)
    return found == wanted ? value : found < wanted ? value.nextUp : value.nextDown
  }
}

extension ResamplePass {
  /// Bits behind the point of Pillow's weights for 8-bit pictures: 32 less those of a level, less two for the sign and sums
  /// above white.
  private static let fractionBits = 22

  /// Columns first, then rows, on levels, in Pillow's fixed point; each pass clamps and rounds to a level.
  func runInLevels(_ image: PlanarImage) -> PlanarImage {
    let (width, height) = (image.width, image.height)
    let across = Self.fixed(columns.weights)
    let down = Self.fixed(rows.weights)
    var planes: [Float] = []
    planes.reserveCapacity(image.channels * columns.count * rows.count)
    for channel in 0..<image.channels {
      let levels = image.pixels[channel * width * height..<(channel + 1) * width * height].map {
        Int(PlanarImage.level($0))
      }
      var half = [Int](repeating: 0, count: columns.count * height)
      for y in 0..<height {
        for x in 0..<columns.count {
          let taps = x * columns.taps..<(x + 1) * columns.taps
          half[y * columns.count + x] = Self.level(
            taps.reduce(0) { $0 + across[$1] * levels[y * width + columns.indices[$1]] })
        }
      }
      for y in 0..<rows.count {
        let taps = y * rows.taps..<(y + 1) * rows.taps
        for x in 0..<columns.count {
          let sum = taps.reduce(0) { $0 + down[$1] * half[rows.indices[$1] * columns.count + x] }
          planes.append(Float(Self.level(sum)) / 255)
        }
      }
    }
    return PlanarImage(unchecked: planes, width: columns.count, height: rows.count, channels: image.channels)
  }

  private static func fixed(_ weights: [Double]) -> [Int] {
    weights.map { Int(($0 * Double(1 << fractionBits)).rounded(.toNearestOrAwayFromZero)) }
  }

  private static func level(_ sum: Int) -> Int { min(max((sum + 1 << (fractionBits - 1)) >> fractionBits, 0), 255) }
}
