/// What tells a picture that shows nothing: brightness and how much it varies.
public struct PictureStatistics: Sendable, Codable, Equatable {
  /// Mean brightness, 0 … 1.
  public var mean: Double
  /// Standard deviation of brightness, 0 … 0.5.
  public var deviation: Double

  /// Numbers that were measured.
  public init(mean: Double, deviation: Double) {
    self.mean = mean
    self.deviation = deviation
  }

  /// Measures a picture by the luma of BT.601 over the full range, 0.299 R + 0.587 G + 0.114 B.
  /// - Parameter rgb8: Interleaved RGB, at least one pixel.
  public init(rgb8: [UInt8]) {
    // Thousandths of a level are whole numbers, so that the sum depends on no order.
    let white = 255_000.0
    let lumas = rgb8.withUnsafeBufferPointer { samples in
      stride(from: 0, to: samples.count - 2, by: 3).map { index in
        299 * Int(samples[index]) + 587 * Int(samples[index + 1]) + 114 * Int(samples[index + 2])
      }
    }
    let middle = Double(lumas.reduce(0, +)) / Double(lumas.count)
    let variance = lumas.reduce(0) { $0 + (Double($1) - middle) * (Double($1) - middle) } / Double(lumas.count)
    mean = middle / white
    deviation = variance.squareRoot() / white
  }
}
