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
    let outputs = conv.weight.size(0)
    let weight = try Self.foldedWeight(conv.weight)
    let bias = try conv.bias.map { bias throws(TorchError) in try bias.repeated([4]) }
    let y = FeatureStrips(channels: outputs, height: 2 * x.height, width: 2 * x.width)
    for rows in x.ranges(plan, channels: 2 * max(x.channels, outputs), width: 2 * x.width) {
      let source = max(rows.lowerBound - 1, 0)..<min(rows.upperBound + 1, x.height)
      let isInner = source.count == rows.count + 2
      let cases_1CHW = try StripConvolution.convolve(try x.rows(source), weight, bias, padding: [isInner ? 0 : 1, 1])
      // Row i of the result looks at rows i - 1 and i of the map, counted from the first row asked for.
      let first = isInner || source.lowerBound == rows.lowerBound ? 0 : 1
      let cases_1HWC = try cases_1CHW.narrowed(2, from: first, length: rows.count + 1).permuted([0, 2, 3, 1])
      try y.append(try Self.interleaved(cases_1HWC, channels: outputs))
      x.release(above: rows.upperBound - 1)
    }
    return y
  }

  /// `[O, I, 3, 3]` to `[4 O, I, 2, 2]`: for even and odd rows, and in each for even and odd columns.
  private static func foldedWeight(_ weight: Tensor) throws(TorchError) -> Tensor {
    // Along one axis, even pixels see taps 0 | 1 + 2, odd ones 0 + 1 | 2.
    let folds: [[[Float]]] = [[[1, 0, 0], [0, 1, 1]], [[1, 1, 0], [0, 0, 1]]]
    var matrix: [Float] = []
    for row in 0..<3 {
      for column in 0..<3 {
        for (rowFold, columnFold) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
          for (top, left) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            matrix.append(folds[rowFold][top][row] * folds[columnFold][left][column])
          }
        }
      }
    }
    let (outputs, inputs) = (weight.size(0), weight.size(1))
    let taps = try weight.to(.float32).reshaped([outputs * inputs, 9])
    let folded = try taps.matmul(try Tensor(matrix, [9, 16]).to(device: weight.device))
    return try folded.reshaped([outputs, inputs, 4, 2, 2]).permuted([2, 0, 1, 3, 4]).reshaped([
      4 * outputs, inputs, 2, 2,
    ])
    .to(weight.dtype).contiguous(.channelsLast)
  }

  /// Puts the four cases, side by side among the channels of `[1, h + 1, w + 1, 4 C]`, in their places of `[1, C, 2 h, 2 w]`.
  private static func interleaved(_ cases_1HWC: Tensor, channels: Int) throws(TorchError) -> Tensor {
    let (height, width) = (cases_1HWC.size(1) - 1, cases_1HWC.size(2) - 1)
    let y_1HWC = try Tensor.empty(
      [1, 2 * height, 2 * width, channels], dtype: cases_1HWC.dtype, device: cases_1HWC.device)
    for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      let part = try cases_1HWC.narrowed(3, from: (2 * row + column) * channels, length: channels)
        .narrowed(1, from: row, length: height).narrowed(2, from: column, length: width)
      try y_1HWC.sliced(1, from: row, step: 2).sliced(2, from: column, step: 2).copy(inPlace: part)
    }
    return try y_1HWC.permuted([0, 3, 1, 2])
  }
}
