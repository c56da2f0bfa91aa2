internal import Checkpoints
internal import Layers
internal import Priors
internal import Torch

/// Five convolutions of which each sees the input and all results before it; a fifth of the last joins the input (Wang et
/// al. 2018, "ESRGAN", section 3.1).
struct ResidualDenseBlock: FeatureStage {
  /// What comes of a block and of three of them joins the input with this weight.
  static let residualScale = 0.2
  private static let slope = 0.2

  private let inner: [Conv2d]  // conv1 … conv4
  private let last: Conv2d  // conv5

  /// - Parameters:
  ///   - width: Channels in and out.
  ///   - growth: Channels of each result between.
  init(_ path: ParameterPath, width: Int, growth: Int) throws {
    inner = try (0..<4).map { try Conv2d(path / "conv\($0 + 1)", in: width + $0 * growth, out: growth) }
    last = try Conv2d(path / "conv5", in: width + 4 * growth, out: width)
  }

  func whole(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    var maps = [x_BCHW]
    for conv in inner {
      maps.append(try conv(try .concatenated(maps, axis: 1)).leakyRelu(Self.slope))
    }
    return try last(try .concatenated(maps, axis: 1)) * Self.residualScale + x_BCHW
  }

  func strips(_ x: FeatureStrips, _ plan: StripPlan) throws(TorchError) -> FeatureStrips {
    let ranges = x.ranges(plan, channels: x.channels, width: x.width)
    var maps = [x]
    for conv in inner {
      let convolution = try StripConvolution(conv)
      let seen = try FeatureStrips(joining: maps)
      let y = FeatureStrips(channels: conv.outputs, height: x.height, width: x.width)
      for rows in ranges { try y.append(try convolution(seen, rows: rows).leakyRelu(Self.slope)) }
      maps.append(y)
    }
    let convolution = try StripConvolution(last)
    let seen = try FeatureStrips(joining: maps)
    let y = FeatureStrips(channels: x.channels, height: x.height, width: x.width)
    for rows in ranges {
      let y_1CHW = try convolution(seen, rows: rows)
      try y_1CHW.multiply(inPlace: Self.residualScale)
      try y_1CHW.add(inPlace: try x.rows(rows))
      try y.append(y_1CHW)
      seen.release(above: rows.upperBound - 1)
    }
    return y
  }
}

/// Three dense blocks; a fifth of their result joins the input (residual in residual).
struct ResidualDenseGroup: FeatureStage {
  private let blocks: [ResidualDenseBlock]  // rdb1, rdb2, rdb3

  init(_ path: ParameterPath, width: Int, growth: Int) throws {
    blocks = try (1...3).map { try ResidualDenseBlock(path / "rdb\($0)", width: width, growth: growth) }
  }

  func whole(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    var y_BCHW = x_BCHW
    for block in blocks { y_BCHW = try block.whole(y_BCHW) }
    return try y_BCHW * ResidualDenseBlock.residualScale + x_BCHW
  }

  func strips(_ x: FeatureStrips, _ plan: StripPlan) throws(TorchError) -> FeatureStrips {
    let kept = x.forked()
    var y = x
    for block in blocks { y = try block.strips(y, plan) }
    return try y.joined(kept, weight: ResidualDenseBlock.residualScale, plan)
  }
}

extension FeatureStrips {
  /// This times a number plus another map; both are taken apart.
  func joined(_ other: FeatureStrips, weight: Double, _ plan: StripPlan) throws(TorchError) -> FeatureStrips {
    let y = FeatureStrips(channels: channels, height: height, width: width)
    for rows in ranges(plan, channels: channels, width: width) {
      try y.append(try self.rows(rows) * weight + other.rows(rows))
      release(above: rows.upperBound)
      other.release(above: rows.upperBound)
    }
    return y
  }
}
