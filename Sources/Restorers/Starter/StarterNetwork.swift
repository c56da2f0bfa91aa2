public import Checkpoints
public import Layers
public import Priors
public import Torch

/// The starter's networks: a small U-Net steered by a ControlNet, as in AddSR, over a lossless pixel codec.
///
/// The prediction of the clean latent is the latent of the presented picture (``presented(_:)``) plus what the U-Net answers:
/// a new network with a zero output convolution starts as that picture and learns the difference only.
public struct StarterNetwork {
  /// The sizes.
  public let config: StarterConfig
  private let unet: UNet2DCondition  // unet
  private let controlNet: ControlNet  // controlnet
  private let module: RestorationModule?  // restoration_module
  private let codec: PixelCodec

  /// Takes the networks' parameters, under `unet`, `controlnet` and, where the sizes have one, `restoration_module`.
  public init(_ path: ParameterPath, _ config: StarterConfig) throws {
    self.config = config
    unet = try UNet2DCondition(path / "unet", config.network, zeroOutput: true)
    let control = path / "controlnet"
    controlNet = try ControlNet(
      control, config.network,
      embedding: try UnshuffleEncoder(control / "controlnet_cond_embedding", config))
    let codec = PixelCodec(factor: config.unshuffle)
    self.codec = codec
    module = try config.restorationModule.map {
      try RestorationModule(path / StarterFolder.restorationModule, $0, codec: codec)
    }
  }

  /// What the diffusion begins with and looks at: the enlarged picture after the restoration module, or as it is where the
  /// model has none.
  /// - Parameter enlarged_BCHW: `[B, 3, H, W]` in 0…1.
  public func presented(_ enlarged_BCHW: Tensor) throws(TorchError) -> Tensor {
    try module?(enlarged_BCHW) ?? enlarged_BCHW
  }

  /// What the restoration module's blocks make of a picture in 0…1 (``RestorationModule/maps(of:)``); nothing without one.
  public func restorationMaps(of picture_BCHW: Tensor) throws(TorchError) -> [Tensor] {
    try module?.maps(of: picture_BCHW) ?? []
  }

  /// The type that the networks compute in.
  public var dtype: DType { unet.dtype }

  /// The condition picture's features, computed once a picture.
  /// - Parameter condition_BCHW: `[B, 3, H, W]` in 0…1.
  public func embed(_ condition_BCHW: Tensor) throws(TorchError) -> Tensor { try controlNet.embed(condition_BCHW) }

  /// Predicts the clean latent.
  ///
  /// The networks see the latent times its signal: for a clean latent of unit variance that is the best linear guess at
  /// it, `√Ā x`. Fresh noise that tells nothing stays small, and need not be unlearned by the layers.
  /// - Parameters:
  ///   - noisy_BCHW: The latent on the variance-preserving scale, float32.
  ///   - levels: The noise level of each row.
  ///   - condition: What ``embed(_:)`` answered.
  ///   - base_BCHW: The latent of what ``presented(_:)`` answered, float32.
  ///   - controlScale: Factor of what the ControlNet adds.
  /// - Returns: The clean latent, float32.
  public func predictClean(
    _ noisy_BCHW: Tensor, levels: [NoiseLevel], condition: Tensor, base_BCHW: Tensor, controlScale: Double = 1
  ) throws(TorchError) -> Tensor {
    let device = noisy_BCHW.device
    let timestep_B = try Tensor(levels.map { Float($0.timestep) }).to(device: device)
    let signal_B111 = try Tensor(levels.map { Float($0.signal) }, [levels.count, 1, 1, 1]).to(device: device)
    let guess_BCHW = try noisy_BCHW * signal_B111
    let residuals = try controlNet(guess_BCHW, timestep_B: timestep_B, condition: condition, scale: controlScale)
    let difference = try unet(guess_BCHW, timestep_B: timestep_B, residuals: residuals)
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
