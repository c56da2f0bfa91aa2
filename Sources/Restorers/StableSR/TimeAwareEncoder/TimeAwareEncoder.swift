public import Checkpoints
internal import Layers
public import Priors
public import Torch

/// StableSR's time-aware encoder: what the latent of the low-quality picture tells the U-Net at a given time, one feature
/// map a level (Wang et al. 2023, "Exploiting Diffusion Prior for Real-World Image Super-Resolution", section 3.1).
///
/// The downward half of a U-Net; of each level the features before the halving, and in the end the middle's, go through
/// one more residual block each. Parameters have the names of diffusers' U-Nets, and `fea_tran`: see
/// ``TimeAwareEncoderConfig/latentDiffusionKeys`` for the release's.
public struct TimeAwareEncoder {
  /// The sizes.
  public let config: TimeAwareEncoderConfig
  private let convIn: Conv2d  // conv_in
  private let timeEmbedding: TimestepEmbedding  // time_embedding
  private let levels: [Level]  // down_blocks
  private let middle: [Layer]  // mid_block
  private let outputs: [ResnetBlock2D]  // fea_tran

  /// A residual block, with attention or without.
  private struct Layer {
    let resnet: ResnetBlock2D  // resnets.j
    let attention: PixelAttention?  // attentions.j
  }

  private struct Level {
    let layers: [Layer]
    let downsampler: Downsample2D?  // downsamplers.0
  }

  /// Takes the encoder's parameters.
  public init(_ path: ParameterPath, _ config: TimeAwareEncoderConfig) throws {
    self.config = config
    let widths = config.widths
    func layer(_ path: ParameterPath, _ index: Int, in inputs: Int, out width: Int, attends: Bool) throws -> Layer {
      Layer(
        resnet: try Self.resnet(path / "resnets" / index, in: inputs, out: width, config),
        attention: attends
          ? try PixelAttention(
            path / "attentions" / index, width: width, heads: config.heads, groups: config.normGroups) : nil)
    }
    convIn = try Conv2d(path / "conv_in", in: config.inChannels, out: widths[0])
    timeEmbedding = try TimestepEmbedding(path / "time_embedding", in: config.modelChannels, out: config.timeWidth)
    levels = try widths.indices.map { level in
      let path = path / "down_blocks" / level
      let layers = try (0..<config.layersPerBlock).map { index in
        try layer(
          path, index, in: index == 0 ? widths[max(level - 1, 0)] : widths[level], out: widths[level],
          attends: config.attends(level))
      }
      let isLast = level == widths.count - 1
      return Level(
        layers: layers,
        downsampler: isLast ? nil : try Downsample2D(path / "downsamplers" / 0, channels: widths[level]))
    }
    let last = widths[widths.count - 1]
    middle = try [true, false].enumerated().map {
      try layer(path / "mid_block", $0, in: last, out: last, attends: $1)
    }
    outputs = try widths.enumerated().map { level, width in
      try Self.resnet(path / "fea_tran" / level, in: width, out: config.outChannels, config)
    }
  }

  private static func resnet(
    _ path: ParameterPath, in inputs: Int, out outputs: Int, _ config: TimeAwareEncoderConfig
  ) throws -> ResnetBlock2D {
    // The release gives the second norm of a width that 32 does not divide as many groups as channels. No published size
    // is one.
    try ResnetBlock2D(
      path, in: inputs, out: outputs, timeChannels: config.timeWidth, groups: config.normGroups, epsilon: 1e-5,
      secondGroups: outputs % 32 == 0 ? nil : outputs)
  }

  /// The type that the network computes in: that of its weights.
  public var dtype: DType { convIn.dtype }

  /// The features of a latent at a time.
  /// - Parameters:
  ///   - latent_BCHW: The low-quality picture's latent, in the diffusion network's scaling.
  ///   - timestep_B: The time of each row on the training scale, 0…999, also where the sampler's chain is shorter.
  /// - Returns: One map a level, finest first, `[B, outChannels, H / 2ˡ, W / 2ˡ]`, in ``dtype``.
  /// - Throws: `TorchError` for shapes that do not fit, or when memory runs out.
  public func callAsFunction(_ latent_BCHW: Tensor, timestep_B: Tensor) throws(TorchError) -> [Tensor] {
    let waves_BD = try SinusoidalEmbedding.embed(timestep_B, width: config.modelChannels)
    let time_BD = try timeEmbedding(waves_BD).silu()
    func run(_ layers: [Layer], _ x_BCHW: Tensor) throws(TorchError) -> Tensor {
      var x_BCHW = x_BCHW
      for layer in layers {
        x_BCHW = try recomputedInBackward { [x_BCHW] () throws(TorchError) in
          let y_BCHW = try layer.resnet(x_BCHW, time: time_BD)
          return try layer.attention.map { attention throws(TorchError) in try attention(y_BCHW) } ?? y_BCHW
        }
      }
      return x_BCHW
    }
    var x_BCHW = try convIn(try latent_BCHW.to(dtype).contiguous(.channelsLast))
    var features: [Tensor] = []
    for (level, output) in zip(levels, outputs) {
      x_BCHW = try run(level.layers, x_BCHW)
      if let downsampler = level.downsampler {
        features.append(try output(x_BCHW, time: time_BD))
        x_BCHW = try downsampler(x_BCHW)
      } else {
        features.append(try output(try run(middle, x_BCHW), time: time_BD))
      }
    }
    return features
  }
}
