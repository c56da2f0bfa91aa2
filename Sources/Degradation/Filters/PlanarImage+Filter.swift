internal import CFilters

extension PlanarImage {
  /// Correlates every plane with one square kernel; the border reflects without repeating the edge pixel.
  /// - Parameter kernel: `side · side` weights, row by row, side odd. Where it is an outer product of two vectors, give it as two
  ///   with ``filtered(rows:columns:)``: that is ten times as fast.
  /// - Throws: `DegradationError` when the side is not odd.
  public func filtered(_ kernel: [Double]) throws -> PlanarImage {
    let side = Int(Double(kernel.count).squareRoot().rounded())
    guard side * side == kernel.count, side % 2 == 1 else {
      throw DegradationError(
        .picture, "filtering with a kernel of \(kernel.count) weights: it must be square with an odd side")
    }
    let radius = side / 2
    let (padded, stride) = reflectPadded(x: radius, y: radius)
    let taps = kernel.enumerated().filter { abs($0.element) > Self.negligible }
    return correlated(
      padded, stride: stride, planeRows: height + 2 * radius, rows: height, columns: width,
      offsets: taps.map { $0.offset / side * stride + $0.offset % side }, weights: taps.map { Float($0.element) })
  }

  /// Correlates every plane with the outer product of two vectors; the border reflects without repeating the edge pixel.
  /// - Parameters:
  ///   - rows: The weights along the height, an odd number.
  ///   - columns: The weights along the width, an odd number.
  /// - Throws: `DegradationError` when a number of weights is not odd.
  public func filtered(rows: [Double], columns: [Double]) throws -> PlanarImage {
    guard rows.count % 2 == 1, columns.count % 2 == 1 else {
      throw DegradationError(
        .picture, "filtering with \(rows.count) and \(columns.count) weights: the numbers must be odd")
    }
    let across = columns.enumerated().filter { abs($0.element) > Self.negligible }
    let (acrossOffsets, acrossWeights) = (across.map(\.offset), across.map { Float($0.element) })
    // Three zeros on each side: four lines share what is loaded, each a line further down.
    let downWeights = [0, 0, 0] + rows.map { Float($0) } + [0, 0, 0]
    let (padX, padY, taps) = (columns.count / 2, rows.count / 2, rows.count)
    let (width, height, channels) = (width, height, channels)
    let padded = width + 2 * padX
    // Four lines at a time, down and then across: what is in between stays in the cache.
    let result = pixels.withUnsafeBufferPointer { source in
      [Float](unsafeUninitializedCapacity: channels * height * width) { target, count in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * padded) { block in
          guard let from = source.baseAddress, let to = target.baseAddress, let middle = block.baseAddress else {
            return
          }
          for channel in 0..<channels {
            for top in stride(from: 0, to: height, by: 4) {
              let lines = (0..<taps + 3).map { Self.reflected(top + $0 - padY, height) * width }
              bf_filter_four_lines(
                from + channel * height * width, lines, downWeights, taps, middle + padX, padded, width)
              for row in 0..<min(4, height - top) {
                let line = middle + row * padded
                for x in 0..<padX {
                  line[x] = line[padX + Self.reflected(x - padX, width)]
                  line[padX + width + x] = line[padX + Self.reflected(width + x, width)]
                }
                bf_correlate(
                  line, 0, to + (channel * height + top + row) * width, 0, 1, width, acrossOffsets, acrossWeights,
                  acrossOffsets.count)
              }
            }
          }
        }
        count = channels * height * width
      }
    }
    return PlanarImage(unchecked: result, width: width, height: height, channels: channels)
  }

  /// Weights below this change no 8-bit level, however many there are in a kernel.
  private static var negligible: Double { 1e-9 }

  /// The planes with a reflected border around each, and the length of a row.
  private func reflectPadded(x padX: Int, y padY: Int) -> (pixels: [Float], stride: Int) {
    let stride = width + 2 * padX
    let rows = height + 2 * padY
    let (width, height, channels) = (width, height, channels)
    let before = (0..<padX).map { Self.reflected($0 - padX, width) }
    let behind = (0..<padX).map { Self.reflected($0 + width, width) }
    let padded = pixels.withUnsafeBufferPointer { source in
      [Float](unsafeUninitializedCapacity: channels * rows * stride) { target, count in
        for channel in 0..<channels {
          for y in 0..<rows {
            let from = (channel * height + Self.reflected(y - padY, height)) * width
            let to = (channel * rows + y) * stride
            for x in 0..<padX { target.initializeElement(at: to + x, to: source[from + before[x]]) }
            _ = UnsafeMutableBufferPointer(rebasing: target[to + padX..<to + padX + width]).initialize(
              fromContentsOf: source[from..<from + width])
            for x in 0..<padX { target.initializeElement(at: to + padX + width + x, to: source[from + behind[x]]) }
          }
        }
        count = channels * rows * stride
      }
    }
    return (padded, stride)
  }

  /// -1 → 1, n → n-2; any distance, also beyond a whole picture.
  private static func reflected(_ index: Int, _ count: Int) -> Int {
    if index >= 0, index < count { return index }
    guard count > 1 else { return 0 }
    let period = 2 * (count - 1)
    let wrapped = ((index % period) + period) % period
    return wrapped < count ? wrapped : period - wrapped
  }

  /// For each pixel the sum of `weights · pixels` at fixed distances in memory.
  private func correlated(
    _ padded: [Float], stride: Int, planeRows: Int, rows: Int, columns: Int, offsets: [Int], weights: [Float]
  ) -> PlanarImage {
    let channels = channels
    let result = padded.withUnsafeBufferPointer { source in
      [Float](unsafeUninitializedCapacity: channels * rows * columns) { target, count in
        for channel in 0..<channels {
          guard let from = source.baseAddress, let to = target.baseAddress else { break }
          bf_correlate(
            from + channel * planeRows * stride, stride, to + channel * rows * columns, columns, rows, columns, offsets,
            weights, offsets.count)
        }
        count = channels * rows * columns
      }
    }
    return PlanarImage(unchecked: result, width: columns, height: rows, channels: channels)
  }
}
