public import Checkpoints
public import Layers
public import Priors
public import Torch

/// The starter's networks: a small U-Net steered by a ControlNet, as in AddSR, over a lossless pixel codec.
///
/// The prediction of the clean latent is the latent of the enlarged low-quality picture plus what the U-Net answers: a
/// new network with a zero output convolution starts as plain enlargement and learns the difference only.
public struct StarterNetwork {
  /// The sizes.
  public let config: StarterConfig
  private let unet: UNet2DCondition  // unet
  private let controlNet: ControlNet  // controlnet
  private let codec: PixelCodec

  /// Takes both networks' parameters, under `unet` and `controlnet`.
  public init(_ path: ParameterPath, _ config: StarterConfig) throws {
    self.config = config
    unet = try UNet2DCondition(path / "unet", config.network, zeroOutput: true)
    let control = path / "controlnet"
    controlNet = try ControlNet(
      control, config.network,
      embedding: try UnshuffleEncoder(control / "controlnet_cond_embedding", config))
    codec = PixelCodec(factor: config.unshuffle)
  }

  /// The type that the networks compute in.
  public var dtype: DType { unet.dtype }

  /// The condition picture's features, computed once a picture.
  /// - Parameter condition_BCHW: `[B, 3, H, W]` in 0…1.
  public func embed(_ condition_BCHW: Tensor) throws(TorchError) -> Tensor { try controlNet.embed(condition_BCHW) }

  /// Predicts the clean latent.
  /// - Parameters:
  ///   - noisy_BCHW: The latent on the variance-preserving scale, float32.
  ///   - timestep_B: The time of each row, float32.
  ///   - condition: What ``embed(_:)`` answered.
  ///   - base_BCHW: The latent of the enlarged low-quality picture, float32.
  /// - Returns: The clean latent, float32.
  public func predictClean(
    _ noisy_BCHW: Tensor, timestep_B: Tensor, condition: Tensor, base_BCHW: Tensor, controlScale: Double = 1
  ) throws(TorchError) -> Tensor {
    let residuals = try controlNet(noisy_BCHW, timestep_B: timestep_B, condition: condition, scale: controlScale)
    let difference = try unet(noisy_BCHW, timestep_B: timestep_B, residuals: residuals)
    return try base_BCHW + difference.to(.float32).contiguous()
  }
}

/// The starter's way of a picture into its ControlNet: pixels of a block become channels, then one convolution.
struct UnshuffleEncoder: ConditionEncoder {
  private let conv: Conv2d  // conv_in
  private let codec: PixelCodec

  init(_ path: ParameterPath, _ config: StarterConfig) throws {
    conv = try Conv2d(path / "conv_in", in: config.network.inChannels, out: config.network.blockOutChannels[0])
    codec = PixelCodec(factor: config.unshuffle)
  }

  func callAsFunction(_ condition_BCHW: Tensor) throws(TorchError) -> Tensor {
    try conv(try codec.encode(condition_BCHW).contiguous(.channelsLast))
  }
}
