internal import Foundation

extension PlanarImage {
  /// The picture at another size, by factor.
  ///
  /// The new sizes follow each method's home: `matlabBicubic` rounds `n · factor` up, the others down (at least 1); positions
  /// use the given factor and not the ratio of the sizes, as `imresize` and PyTorch (`scale_factor`) do. Values are neither clamped nor rounded.
  /// - Parameters:
  ///   - factor: New size over old, above 0.
  ///   - method: The kernel.
  ///   - antialias: Whether `matlabBicubic` stretches its kernel when it shrinks; the others never do.
  /// - Throws: `DegradationError` for a factor that is not a number above 0.
  public func resized(factor: Double, _ method: Resampling = .matlabBicubic, antialias: Bool = true) throws
    -> PlanarImage
  {
    let newWidth = try method.length(of: width, factor: factor)
    let newHeight = try method.length(of: height, factor: factor)
    let columns = ResampleWeights.make(method, from: width, to: newWidth, factor: factor, antialias: antialias)
    let rows = ResampleWeights.make(method, from: height, to: newHeight, factor: factor, antialias: antialias)
    return resampled(rows: rows, columns: columns)
  }

  /// The picture at a given size; positions use the ratio of the sizes along each axis.
  /// - Parameters:
  ///   - width: New columns, at least 1.
  ///   - height: New rows, at least 1.
  ///   - method: The kernel.
  /// - Throws: `DegradationError` for a size below 1.
  public func resized(width newWidth: Int, height newHeight: Int, _ method: Resampling = .matlabBicubic) throws
    -> PlanarImage
  {
    guard newWidth > 0, newHeight > 0 else {
      throw DegradationError(
        .picture, "resizing a picture of \(width)x\(height) to \(newWidth)x\(newHeight): sides must be at least 1")
    }
    let columns = ResampleWeights.make(method, from: width, to: newWidth, factor: Double(newWidth) / Double(width))
    let rows = ResampleWeights.make(method, from: height, to: newHeight, factor: Double(newHeight) / Double(height))
    return resampled(rows: rows, columns: columns)
  }

  /// Rows (height) first, then columns, in double precision: on an 8-bit picture MATLAB's bytes come out, ties included.
  private func resampled(rows: ResampleWeights, columns: ResampleWeights) -> PlanarImage {
    let (width, height, newWidth, newHeight) = (width, height, columns.count, rows.count)
    let result = pixels.withUnsafeBufferPointer { source in
      [Float](unsafeUninitializedCapacity: channels * newWidth * newHeight) { target, count in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: width * (height + 1)) { buffer in
          let levels = UnsafeMutableBufferPointer(rebasing: buffer[..<(width * height)])
          let line = UnsafeMutableBufferPointer(rebasing: buffer[(width * height)...])
          for channel in 0..<channels {
            for index in 0..<width * height { levels[index] = Self.snapped(source[channel * width * height + index]) }
            for y in 0..<newHeight {
              Self.combineRows(of: levels, rows, y, into: line)
              let start = (channel * newHeight + y) * newWidth
              Self.combineColumns(
                of: line, columns, into: UnsafeMutableBufferPointer(rebasing: target[start..<start + newWidth]))
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

  private static func combineRows(
    of levels: UnsafeMutableBufferPointer<Double>, _ rows: ResampleWeights, _ y: Int,
    into line: UnsafeMutableBufferPointer<Double>
  ) {
    let width = line.count
    line.update(repeating: 0)
    for tap in y * rows.taps..<(y + 1) * rows.taps {
      let weight = rows.weights[tap]
      if weight == 0 { continue }
      let start = rows.indices[tap] * width
      for x in 0..<width { line[x] += weight * levels[start + x] }
    }
  }

  private static func combineColumns(
    of line: UnsafeMutableBufferPointer<Double>, _ columns: ResampleWeights,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    let taps = columns.taps
    columns.weights.withUnsafeBufferPointer { weights in
      columns.indices.withUnsafeBufferPointer { indices in
        for x in 0..<target.count {
          var sum = 0.0
          for tap in x * taps..<(x + 1) * taps { sum += weights[tap] * line[indices[tap]] }
          target[x] = Self.stored(sum)
        }
      }
    }
  }
}

extension Resampling {
  /// The new length of an axis: `matlabBicubic` rounds up, the others down.
  func length(of count: Int, factor: Double) throws -> Int {
    let length = Double(count) * factor
    guard factor > 0, length.isFinite, length < Double(1 << 24) else {
      throw DegradationError(
        .picture, "resizing \(count) pixels by a factor of \(factor): the factor must be above 0 and the result sane")
    }
    return max(Int(length.rounded(self == .matlabBicubic ? .up : .down)), 1)
  }
}
