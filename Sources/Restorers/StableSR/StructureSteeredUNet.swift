public import Priors
public import Torch

/// StableSR's denoising networks: a U-Net whose residual blocks look at what the time-aware encoder sees in the
/// low-quality picture's latent.
public struct StructureSteeredUNet {
  /// Predicts noise or velocity; has structure layers.
  public let unet: UNet2DCondition
  /// Looks at the low-quality picture's latent.
  public let encoder: TimeAwareEncoder

  /// Two networks that belong together.
  public init(_ unet: UNet2DCondition, _ encoder: TimeAwareEncoder) {
    self.unet = unet
    self.encoder = encoder
  }

  /// The structure features of a latent at a time.
  func structure(_ low_BCHW: Tensor, at level: NoiseLevel) throws(TorchError) -> [Tensor] {
    try encoder(
      low_BCHW, timestep_B: try Tensor.full([low_BCHW.size(0)], level.timestep, device: low_BCHW.device))
  }

  /// One pass of the U-Net.
  /// - Returns: The prediction, BCHW float32.
  func predict(
    _ input_BCHW: Tensor, at level: NoiseLevel, conditioning: UNetConditioning
  ) throws(TorchError) -> Tensor {
    try unet(
      input_BCHW, timestep_B: try Tensor.full([input_BCHW.size(0)], level.timestep, device: input_BCHW.device),
      conditioning: conditioning
    ).to(.float32).contiguous()
  }
}
