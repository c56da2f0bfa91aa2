internal import Foundation
internal import Torch

/// Correlation with the same taps along rows and along columns, only where they fit, in float64.
///
/// Written as products with a band matrix, a block of the axis at a time: libtorch's own convolution in float64 copies the
/// picture once for each tap, which takes several times as long.
struct SeparableFilter {
  private let taps: [Double]
  private let stride: Int
  /// Outputs of one product: more of them waste multiplications on the band's zeros, fewer waste calls.
  private static let blockLength = 32

  /// - Parameters:
  ///   - taps: The weights, first to last.
  ///   - stride: Every how many places there is an output.
  init(_ taps: [Double], stride: Int = 1) {
    self.taps = taps
    self.stride = stride
  }

  /// A Gaussian whose weights sum to 1.
  static func gaussian(radius: Int, sigma: Double) -> SeparableFilter {
    let weights = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = weights.reduce(0, +)
    return SeparableFilter(weights.map { $0 / sum })
  }

  /// `[…, H, W]` to `[…, (H - n) / stride + 1, (W - n) / stride + 1]` for n taps.
  func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
    // Columns first: the parts of a row are then read in one piece.
    let rows = try along(-2, x) { block, band_OI throws(TorchError) in try band_OI.matmul(block) }
    return try along(-1, rows) { block, band_OI throws(TorchError) in try block.matmul(band_OI.transposed(0, 1)) }
  }

  private func along(
    _ axis: Int, _ x: Tensor, _ product: (Tensor, Tensor) throws(TorchError) -> Tensor
  ) throws(TorchError) -> Tensor {
    let axis = x.rank + axis
    let count = (x.size(axis) - taps.count) / stride + 1
    var parts: [Tensor] = []
    var band: Tensor?
    for start in Swift.stride(from: 0, to: count, by: Self.blockLength) {
      let length = min(Self.blockLength, count - start)
      let inputs = (length - 1) * stride + taps.count
      if band?.size(0) != length { band = try self.band(length) }
      guard let band else { continue }
      parts.append(try product(try x.narrowed(axis, from: start * stride, length: inputs), band))
    }
    return try .concatenated(parts, axis: axis)
  }

  /// `[length, inputs]`: row o holds the taps from column o · stride on.
  private func band(_ length: Int) throws(TorchError) -> Tensor {
    let width = (length - 1) * stride + taps.count
    var values = [Double](repeating: 0, count: length * width)
    for row in 0..<length {
      for (tap, weight) in taps.enumerated() { values[row * width + row * stride + tap] = weight }
    }
    return try Tensor(values, [length, width])
  }
}
