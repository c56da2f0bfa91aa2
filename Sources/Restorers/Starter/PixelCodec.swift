public import Torch

/// The starter's stand-in for an autoencoder: lossless, pixels of a block become channels.
///
/// At this size an autoencoder would blur more than the rest of the model can restore.
public struct PixelCodec: Sendable {
  /// Side of a block.
  public let factor: Int

  /// A codec of blocks of `factor` × `factor` pixels.
  public init(factor: Int) { self.factor = factor }

  /// A picture `[B, 3, f H, f W]` in 0…1 to a latent `[B, 3 f², H, W]` in -1…1.
  public func encode(_ picture_BCHW: Tensor) throws(TorchError) -> Tensor {
    try (picture_BCHW * 2 - 1).pixelUnshuffled(factor)
  }

  /// A latent `[B, 3 f², H, W]` to a picture `[B, 3, f H, f W]`, 0…1 where the latent is within -1…1.
  public func decode(_ latent_BCHW: Tensor) throws(TorchError) -> Tensor {
    try (latent_BCHW.pixelShuffled(factor) + 1) * 0.5
  }
}
