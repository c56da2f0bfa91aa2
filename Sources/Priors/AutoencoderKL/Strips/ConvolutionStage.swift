public import Layers
public import Torch

/// A convolution that keeps the map's size, after a norm and SiLU where there is one.
public struct ConvolutionStage: FeatureStage {
  private let norm: GroupNorm?
  private let conv: Conv2d

  /// A stage of a 3×3 or 1×1 convolution of stride 1.
  public init(_ conv: Conv2d, after norm: GroupNorm? = nil) {
    self.conv = conv
    self.norm = norm
  }

  /// `[B, in, H, W]` to `[B, out, H, W]`.
  public func whole(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    guard let norm else { return try conv(x_BCHW) }
    return try conv(try norm(x_BCHW).silu())
  }

  /// The same on strips.
  public func strips(_ x: FeatureStrips, _ plan: StripPlan) throws(TorchError) -> FeatureStrips {
    let scale = try norm.map { norm throws(TorchError) in try ChannelScale(norm, of: x) }
    let convolution = try StripConvolution(conv)
    let outputs = conv.outputs
    let y = FeatureStrips(channels: outputs, height: x.height, width: x.width)
    for rows in x.ranges(plan, channels: max(x.channels, outputs), width: x.width) {
      try y.append(try convolution(x, rows: rows, after: scale))
      x.release(above: rows.upperBound - 1)
    }
    return y
  }
}
