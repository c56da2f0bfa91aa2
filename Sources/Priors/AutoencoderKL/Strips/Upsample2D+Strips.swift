internal import Layers
public import Torch

extension Upsample2D: FeatureStage {
  /// Twice the size.
  public func whole(_ x_BCHW: Tensor) throws(TorchError) -> Tensor { try self(x_BCHW) }

  /// The same on strips, without the enlarged map and with 4/9 of the multiplications.
  ///
  /// A 3×3 window of the enlarged map covers 2×2 pixels of the small one. Which taps fall on the same pixel depends only
  /// on whether row and column are even, so four 2×2 convolutions of the small map, one for each case, give all pixels.
  public func strips(_ x: FeatureStrips, _ plan: StripPlan) throws(TorchError) -> FeatureStrips {
    let outputs = conv.outputs
    let weights = try Self.foldedWeights(try conv.weight())
    let y = FeatureStrips(channels: outputs, height: 2 * x.height, width: 2 * x.width)
    for rows in x.ranges(plan, channels: 2 * max(x.channels, outputs), width: 2 * x.width) {
      let y_1HWC = try Tensor.empty(
        [1, 2 * rows.count, 2 * x.width, outputs], dtype: conv.dtype, device: weights[0].device)
      for odd in 0...1 {
        // Even rows of the result see the row above and their own, odd ones their own and the row below.
        let wanted = rows.lowerBound - 1 + odd..<rows.upperBound + odd
        let source = wanted.clamped(to: 0..<x.height)
        let isInner = source == wanted
        let rows_1CHW = try x.rows(source)
        for oddColumn in 0...1 {
          let made_1CHW = try StripConvolution.convolve(
            rows_1CHW, weights[2 * odd + oddColumn], conv.bias, padding: [isInner ? 0 : 1, 1])
          // Padding stands at both ends; what comes of the end that is not wanted is left out.
          let part_1CHW = try made_1CHW.narrowed(2, from: isInner || odd == 0 ? 0 : 1, length: rows.count)
            .narrowed(3, from: oddColumn, length: x.width)
          try y_1HWC.sliced(1, from: odd, step: 2).sliced(2, from: oddColumn, step: 2)
            .copy(inPlace: part_1CHW.permuted([0, 2, 3, 1]))
        }
      }
      try y.append(try y_1HWC.permuted([0, 3, 1, 2]))
      x.release(above: rows.upperBound - 1)
    }
    return y
  }

  /// `[O, I, 3, 3]` to four of `[O, I, 2, 2]`: for even and odd rows, and in each for even and odd columns.
  private static func foldedWeights(_ weight: Tensor) throws(TorchError) -> [Tensor] {
    // Along one axis, even pixels see taps 0 | 1 + 2, odd ones 0 + 1 | 2.
    let folds: [[[Float]]] = [[[1, 0, 0], [0, 1, 1]], [[1, 1, 0], [0, 0, 1]]]
    let (outputs, inputs) = (weight.size(0), weight.size(1))
    let taps = try weight.to(.float32).reshaped([outputs * inputs, 9])
    var folded: [Tensor] = []
    for (rowFold, columnFold) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      var matrix: [Float] = []
      for row in 0..<3 {
        for column in 0..<3 {
          for (top, left) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            matrix.append(folds[rowFold][top][row] * folds[columnFold][left][column])
          }
        }
      }
      let sums = try taps.matmul(try Tensor(matrix, [9, 4]).to(device: weight.device))
      folded.append(
        try sums.to(weight.dtype).reshaped([outputs, inputs, 2, 2]).contiguous(.channelsLast))
    }
    return folded
  }
}
