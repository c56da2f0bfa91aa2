internal import Layers
public import Torch

extension Downsample2D: FeatureStage {
  /// Half the size, sides rounded down.
  public func whole(_ x_BCHW: Tensor) throws(TorchError) -> Tensor { try self(x_BCHW) }

  /// The same on strips: row i of the result is made of rows 2i to 2i + 2.
  public func strips(_ x: FeatureStrips, _ plan: StripPlan) throws(TorchError) -> FeatureStrips {
    let weight = try conv.weight()
    let y = FeatureStrips(channels: x.channels, height: x.height / 2, width: x.width / 2)
    // Two rows of the map to one of the result.
    for rows in plan.ranges(height: y.height, rowByteCount: 2 * x.channels * x.width * conv.dtype.byteCount) {
      let end = 2 * rows.upperBound + 1
      let source = 2 * rows.lowerBound..<min(end, x.height)
      let padded_1CHW = try x.rows(source).padded(right: 1, bottom: end - source.upperBound)
      try y.append(try StripConvolution.convolve(padded_1CHW, weight, conv.bias, stride: 2, padding: [0, 0]))
      x.release(above: 2 * rows.upperBound)
    }
    return y
  }
}
