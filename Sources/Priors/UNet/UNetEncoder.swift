internal import Checkpoints
internal import Layers
internal import Torch

/// The half of a U-Net that a ControlNet copies: input convolution, time embedding, way down and middle.
struct UNetEncoder {
  private let convIn: Conv2d  // conv_in
  private let timeEmbedding: TimestepEmbedding  // time_embedding
  private let addEmbedding: TimestepEmbedding?  // add_embedding
  private let downBlocks: [DownBlock]  // down_blocks
  private let midBlock: MidBlock  // mid_block
  private let config: UNetConfig

  init(_ path: ParameterPath, _ config: UNetConfig) throws {
    self.config = config
    let widths = config.blockOutChannels
    convIn = try Conv2d(path / "conv_in", in: config.inChannels, out: widths[0])
    timeEmbedding = try TimestepEmbedding(path / "time_embedding", in: widths[0], out: config.timeWidth)
    // projection_class_embeddings_input_dim alone also stands in configurations of class embeddings, another thing.
    let inputs = config.additionEmbedType == nil ? nil : config.projectionInputWidth
    addEmbedding = try inputs.map { try TimestepEmbedding(path / "add_embedding", in: $0, out: config.timeWidth) }
    downBlocks = try widths.indices.map { level in
      try DownBlock(path / "down_blocks" / level, config, level: level, in: widths[max(level - 1, 0)])
    }
    midBlock = try MidBlock(path / "mid_block", config)
  }

  /// The type that the network computes in.
  var dtype: DType { convIn.dtype }

  /// Features of every level.
  struct Features {
    /// What the way up concatenates, in the order made.
    var skips: [Tensor]
    /// The coarsest features, after the middle.
    var middle: Tensor
    /// SiLU of the time embedding, for the way up.
    var time_BD: Tensor
    /// What an adapter does on the way up.
    var adapt: FeatureChange?
  }

  /// - Parameters:
  ///   - addition: Added to the input convolution's result: a ControlNet's embedded picture.
  ///   - adapter: May change features on the way.
  func callAsFunction(
    _ sample_BCHW: Tensor, timestep_B: Tensor, conditioning: UNetConditioning, addition: Tensor? = nil,
    adapter: (any FeatureAdapter)? = nil
  ) throws(TorchError) -> Features {
    let embedding_BD = try embed(timestep_B, conditioning.added)
    let adapt = try adapter?.begin(embedding_BD: embedding_BD)
    let time_BD = try embedding_BD.silu()
    var x_BCHW = try convIn(try sample_BCHW.to(dtype).contiguous(.channelsLast))
    if let addition { x_BCHW = try x_BCHW + addition }
    var skips = [x_BCHW]
    for block in downBlocks {
      x_BCHW = try block(x_BCHW, time_BD: time_BD, conditioning: conditioning, skips: &skips, adapt: adapt)
    }
    var middle = try midBlock(x_BCHW, time_BD: time_BD, conditioning: conditioning)
    if let adapt { middle = try adapt(middle, .middle) }
    return Features(skips: skips, middle: middle, time_BD: time_BD, adapt: adapt)
  }

  private func embed(_ timestep_B: Tensor, _ added: AddedConditioning?) throws(TorchError) -> Tensor {
    let waves_BD = try SinusoidalEmbedding.embed(
      timestep_B, width: config.blockOutChannels[0], cosineFirst: config.flipSinToCos, shift: config.frequencyShift)
    let time_BD = try timeEmbedding(waves_BD)
    guard let addEmbedding else { return time_BD }
    guard let added, let width = config.additionTimeEmbedWidth else {
      throw TorchError(
        .argument, "a U-Net of the kind 'text_time' was given no pooled text and sizes; pass AddedConditioning")
    }
    let batch = added.sizes_B6.size(0)
    let sizes_BD = try SinusoidalEmbedding.embed(
      try added.sizes_B6.flattened(), width: width, cosineFirst: config.flipSinToCos, shift: config.frequencyShift
    ).reshaped([batch, -1])
    let joined_BD = try Tensor.concatenated([try added.pooledText_BD.to(.float32), sizes_BD], axis: 1)
    return try time_BD + addEmbedding(joined_BD)
  }
}
