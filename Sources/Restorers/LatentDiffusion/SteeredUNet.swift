public import Priors
public import Torch

/// A U-Net and the ControlNet that steers it.
public struct SteeredUNet {
  /// Predicts noise or velocity.
  public let unet: UNet2DCondition
  /// Looks at the low-quality picture.
  public let controlNet: ControlNet

  /// Two networks that belong together.
  public init(_ unet: UNet2DCondition, _ controlNet: ControlNet) {
    self.unet = unet
    self.controlNet = controlNet
  }

  /// One pass of both.
  /// - Parameters:
  ///   - input_BCHW: The noisy latent, scaled as the networks want it.
  ///   - level: Its noise level, the same for all rows.
  ///   - condition: What the ControlNet's `embed` answered for the picture.
  ///   - conditioning: What both are told besides the time.
  ///   - controlScale: Factor of what the ControlNet adds (`conditioning_scale`).
  /// - Returns: The prediction, BCHW float32.
  /// - Throws: `TorchError`, also when memory runs out.
  public func predict(
    _ input_BCHW: Tensor, at level: NoiseLevel, condition: Tensor, conditioning: UNetConditioning,
    controlScale: Double = 1
  ) throws(TorchError) -> Tensor {
    let timestep_B = try Tensor.full([input_BCHW.size(0)], level.timestep, device: input_BCHW.device)
    let residuals = try controlNet(
      input_BCHW, timestep_B: timestep_B, condition: condition, conditioning: conditioning, scale: controlScale)
    return try unet(input_BCHW, timestep_B: timestep_B, conditioning: conditioning, residuals: residuals)
      .to(.float32).contiguous()
  }
}
