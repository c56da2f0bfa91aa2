internal import Checkpoints
public import Priors
public import Torch

/// The U-Net of Stable Diffusion 2, told of a text's tokens and nothing else.
public struct SD2Prior: TextToImagePrior {
  /// The network.
  public let unet: UNet2DCondition
  /// What it predicts.
  public let parametrisation: Parametrisation

  /// A network.
  /// - Parameters:
  ///   - unet: The network.
  ///   - parametrisation: What it predicts: noise, or the velocity for the model of 768 pixels.
  public init(_ unet: UNet2DCondition, parametrisation: Parametrisation = .epsilon) {
    self.unet = unet
    self.parametrisation = parametrisation
  }

  /// The conditioning of several rows: tokens, `[B, 77, D]`.
  public func joined(_ parts: [Context]) throws -> Context {
    Context(try .concatenated(parts.map(\.tokens_BLD), axis: 0))
  }

  /// One pass.
  public func predict(
    _ input_BCHW: Tensor, at level: NoiseLevel, _ text: Context, in tile: Tile
  ) throws -> Tensor {
    let timestep_B = try Tensor.full([input_BCHW.size(0)], level.timestep, device: input_BCHW.device)
    return try unet(
      input_BCHW, timestep_B: timestep_B, conditioning: UNetConditioning(text: text)
    ).to(.float32).contiguous()
  }
}

extension StableDiffusionFolder {
  /// The base model's own U-Net.
  private static let unet = ModelPart(
    "unet", places: ["unet", "stable-diffusion-2-base/unet", "stable-diffusion-2-1-base/unet"],
    summary: "Stable Diffusion 2: its U-Net", source: "stabilityai/stable-diffusion-2-base")

  /// The base model's own U-Net.
  func unet() throws -> UNet2DCondition {
    let path = try folder.require(Self.unet)
    let config = try ConfigFile.read(UNetConfig.self, path: path + "/config.json") ?? UNetConfig()
    return try ParameterLoader.load(
      try openCheckpoint(path), component: "the U-Net", dtype: dtype, device: device
    ) { try UNet2DCondition($0, config) }
  }
}
