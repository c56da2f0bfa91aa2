internal import Layers
public import Torch

extension ResnetBlock2D: FeatureStage {
  /// The block without a time embedding.
  public func whole(_ x_BCHW: Tensor) throws(TorchError) -> Tensor { try self(x_BCHW) }

  /// The same on strips: once down the map to the middle of the block, whose statistics the second norm needs, and once
  /// to its end.
  public func strips(_ x: FeatureStrips, _ plan: StripPlan) throws(TorchError) -> FeatureStrips {
    let outputs = conv1.outputs
    let ranges = x.ranges(plan, channels: max(x.channels, outputs), width: x.width)
    // The way around the block is kept in the form that takes less memory.
    let shortcut = try self.shortcut.map { conv throws(TorchError) in try StripConvolution(conv) }
    let isEarly = shortcut != nil && outputs <= x.channels
    let around = isEarly ? FeatureStrips(channels: outputs, height: x.height, width: x.width) : x

    let first = try StripConvolution(conv1)
    let scale1 = try ChannelScale(norm1, of: x)
    let middle = FeatureStrips(channels: outputs, height: x.height, width: x.width)
    for rows in ranges {
      try middle.append(try first(x, rows: rows, after: scale1))
      if isEarly, let shortcut {
        try around.append(try shortcut(x, rows: rows))
        x.release(above: rows.upperBound - 1)
      }
    }
    x.release(above: isEarly ? x.height : 0)

    let second = try StripConvolution(conv2)
    let scale2 = try ChannelScale(norm2, of: middle)
    let y = FeatureStrips(channels: outputs, height: x.height, width: x.width)
    for rows in ranges {
      let y_1CHW = try second(middle, rows: rows, after: scale2)
      if let shortcut, !isEarly {
        try y_1CHW.add(inPlace: try shortcut(around, rows: rows))
      } else {
        try y_1CHW.add(inPlace: try around.rows(rows))
      }
      try y.append(y_1CHW)
      around.release(above: rows.upperBound)
      middle.release(above: rows.upperBound - 1)
    }
    return y
  }
}
