public import Checkpoints
internal import Layers
internal import Torch

/// The half of an autoencoder that turns a picture into moments.
public struct AutoencoderEncoder {
  /// The first convolution.
  public let input: any FeatureStage  // conv_in
  /// For each level, finest first, its residual blocks and, but for the last level, the halving.
  public let levels: [[any FeatureStage]]  // down_blocks
  /// Block, attention, block.
  public let middle: [any FeatureStage]  // mid_block
  /// Norm, SiLU and the last convolution.
  public let output: any FeatureStage  // conv_norm_out, conv_out

  /// Takes the encoder's parameters.
  public init(_ path: ParameterPath, _ config: AutoencoderKLConfig) throws {
    let widths = config.blockOutChannels
    let last = widths[widths.count - 1]
    input = ConvolutionStage(try Conv2d(path / "conv_in", in: config.inChannels, out: widths[0]))
    levels = try widths.indices.map { level in
      let path = path / "down_blocks" / level
      var stages: [any FeatureStage] = try (0..<config.layersPerBlock).map { index in
        let inputs = index == 0 && level > 0 ? widths[level - 1] : widths[level]
        return try ResnetBlock2D(autoencoder: path / "resnets" / index, in: inputs, out: widths[level], config)
      }
      if level < widths.count - 1 {
        stages.append(try Downsample2D(path / "downsamplers" / 0, channels: widths[level], padsEnd: true))
      }
      return stages
    }
    middle = try middleStages(path / "mid_block", width: last, config)
    output = ConvolutionStage(
      try Conv2d(path / "conv_out", in: last, out: 2 * config.latentChannels),
      after: try GroupNorm(path / "conv_norm_out", groups: config.normGroups, channels: last, epsilon: 1e-6))
  }

  /// All stages in running order.
  public var stages: [any FeatureStage] { [input] + levels.joined() + middle + [output] }
}

/// The half of an autoencoder that turns a latent into a picture.
public struct AutoencoderDecoder {
  /// The first convolution.
  public let input: any FeatureStage  // conv_in
  /// Block, attention, block.
  public let middle: [any FeatureStage]  // mid_block
  /// For each level, coarsest first, its residual blocks and, but for the last level, the doubling.
  public let levels: [[any FeatureStage]]  // up_blocks
  /// Norm, SiLU and the last convolution.
  public let output: any FeatureStage  // conv_norm_out, conv_out
  let dtype: DType

  /// Takes the decoder's parameters.
  public init(_ path: ParameterPath, _ config: AutoencoderKLConfig) throws {
    let widths = Array(config.blockOutChannels.reversed())
    let last = widths[widths.count - 1]
    let first = try Conv2d(path / "conv_in", in: config.latentChannels, out: widths[0])
    dtype = first.dtype
    input = ConvolutionStage(first)
    middle = try middleStages(path / "mid_block", width: widths[0], config)
    levels = try widths.indices.map { level in
      let path = path / "up_blocks" / level
      var stages: [any FeatureStage] = try (0...config.layersPerBlock).map { index in
        let inputs = index == 0 && level > 0 ? widths[level - 1] : widths[level]
        return try ResnetBlock2D(autoencoder: path / "resnets" / index, in: inputs, out: widths[level], config)
      }
      if level < widths.count - 1 {
        stages.append(try Upsample2D(path / "upsamplers" / 0, channels: widths[level]))
      }
      return stages
    }
    output = ConvolutionStage(
      try Conv2d(path / "conv_out", in: last, out: config.outChannels),
      after: try GroupNorm(path / "conv_norm_out", groups: config.normGroups, channels: last, epsilon: 1e-6))
  }

  /// All stages in running order.
  public var stages: [any FeatureStage] { [input] + middle + levels.joined() + [output] }
}

private func middleStages(
  _ path: ParameterPath, width: Int, _ config: AutoencoderKLConfig
) throws -> [any FeatureStage] {
  let first = try ResnetBlock2D(autoencoder: path / "resnets" / 0, in: width, out: width, config)
  let attention =
    config.usesMidAttention
    ? try AutoencoderAttention(path / "attentions" / 0, width: width, groups: config.normGroups) : nil
  let second = try ResnetBlock2D(autoencoder: path / "resnets" / 1, in: width, out: width, config)
  return [first] + (attention.map { [$0] } ?? []) + [second]
}

extension ResnetBlock2D {
  fileprivate init(autoencoder path: ParameterPath, in inputs: Int, out outputs: Int, _ config: AutoencoderKLConfig)
    throws
  {
    try self.init(path, in: inputs, out: outputs, timeChannels: nil, groups: config.normGroups, epsilon: 1e-6)
  }
}
