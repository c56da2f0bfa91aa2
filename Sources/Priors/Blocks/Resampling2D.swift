public import Checkpoints
public import Layers
public import Torch

/// Halves a feature map by a convolution of stride 2.
public struct Downsample2D {
  let conv: Conv2d  // conv
  private let padsEnd: Bool

  /// Takes `conv`.
  /// - Parameter padsEnd: Pad one row and column at the end only, as autoencoders do; U-Nets pad every side.
  public init(_ path: ParameterPath, channels: Int, padsEnd: Bool = false) throws {
    conv = try Conv2d(path / "conv", in: channels, out: channels, stride: 2, padding: padsEnd ? 0 : 1)
    self.padsEnd = padsEnd
  }

  /// `[B, C, H, W]` to `[B, C, ⌈H/2⌉, ⌈W/2⌉]` (⌊·⌋ when only the end is padded).
  public func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    try conv(padsEnd ? try x_BCHW.padded(right: 1, bottom: 1) : x_BCHW)
  }
}

/// Enlarges a feature map by nearest neighbours, then convolves.
public struct Upsample2D {
  /// The convolution after the enlargement.
  public let conv: Conv2d  // conv

  /// Takes `conv`.
  public init(_ path: ParameterPath, channels: Int) throws {
    conv = try Conv2d(path / "conv", in: channels, out: channels)
  }

  /// `[B, C, H, W]` to twice the size, or to exactly `height` × `width`: what the next skip has when a side is odd.
  public func callAsFunction(_ x_BCHW: Tensor, height: Int? = nil, width: Int? = nil) throws(TorchError) -> Tensor {
    try conv(
      try x_BCHW.resized(height: height ?? 2 * x_BCHW.size(2), width: width ?? 2 * x_BCHW.size(3), .nearest))
  }
}
