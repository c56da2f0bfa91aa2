public import Checkpoints
internal import Layers
public import Torch

/// The U-Net of SD 2.x, SDXL and SeeSR: predicts noise (or velocity) in a latent, told of time and text.
public struct UNet2DCondition {
  /// The network's sizes.
  public let config: UNetConfig
  private let encoder: UNetEncoder
  private let upBlocks: [UpBlock]  // up_blocks
  private let normOut: GroupNorm  // conv_norm_out
  private let convOut: Conv2d  // conv_out

  /// Takes the network's parameters.
  /// - Parameter zeroOutput: Start a new network with a zero output convolution.
  public init(_ path: ParameterPath, _ config: UNetConfig, zeroOutput: Bool = false) throws {
    let widths = config.blockOutChannels
    guard config.upBlockTypes.count == widths.count else {
      throw CheckpointError(
        .mismatch,
        "building a U-Net: up_block_types has \(config.upBlockTypes.count) entries for \(widths.count) levels")
    }
    self.config = config
    encoder = try UNetEncoder(path, config)
    upBlocks = try widths.indices.map { index in
      try UpBlock(
        path / "up_blocks" / index, config, index: index, in: widths[min(widths.count - index, widths.count - 1)])
    }
    normOut = try GroupNorm(
      path / "conv_norm_out", groups: config.normGroups, channels: widths[0], epsilon: config.normEpsilon)
    convOut = try Conv2d(path / "conv_out", in: widths[0], out: config.outChannels, zero: zeroOutput)
  }

  /// The type that the network computes in: that of its weights.
  public var dtype: DType { encoder.dtype }

  /// One pass.
  /// - Parameters:
  ///   - sample_BCHW: The noisy latent, scaled as the network's parametrisation wants it.
  ///   - timestep_B: The time of each row, float32.
  ///   - conditioning: What the blocks are told besides the time.
  ///   - residuals: What a ControlNet answered, already scaled.
  ///   - adapter: May change the features at ``FeatureSite/down(_:)``, ``FeatureSite/middle`` and ``FeatureSite/up(_:)``.
  /// - Returns: The prediction, BCHW, in ``dtype``.
  /// - Throws: `TorchError` for shapes that do not fit, or when memory runs out.
  public func callAsFunction(
    _ sample_BCHW: Tensor, timestep_B: Tensor, conditioning: UNetConditioning, residuals: ControlResiduals? = nil,
    adapter: (any FeatureAdapter)? = nil
  ) throws(TorchError) -> Tensor {
    var features = try encoder(
      sample_BCHW, timestep_B: timestep_B, conditioning: conditioning, adapter: adapter)
    if let residuals {
      guard residuals.down.count == features.skips.count else {
        throw TorchError(
          .argument, "a U-Net with \(features.skips.count) skips got \(residuals.down.count) ControlNet residuals")
      }
      for index in features.skips.indices {
        features.skips[index] = try features.skips[index] + residuals.down[index].to(dtype)
      }
      features.middle = try features.middle + residuals.middle.to(dtype)
    }
    var x_BCHW = features.middle
    for block in upBlocks {
      x_BCHW = try block(
        x_BCHW, time_BD: features.time_BD, conditioning: conditioning, skips: &features.skips, adapt: features.adapt)
    }
    return try convOut(try normOut(x_BCHW).reusedForSilu())
  }
}
