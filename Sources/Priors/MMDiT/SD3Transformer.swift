public import Checkpoints
internal import Layers
public import Torch

/// The transformer of Stable Diffusion 3 and 3.5: predicts the velocity from picture to noise in a latent, told of time and
/// text.
public struct SD3Transformer {
  /// The network's sizes.
  public let config: SD3TransformerConfig
  private let patches: PatchEmbedding  // pos_embed
  private let timeEmbedding: TimestepEmbedding  // time_text_embed.timestep_embedder
  private let pooledEmbedding: TimestepEmbedding  // time_text_embed.text_embedder
  private let textProjection: Linear  // context_embedder
  private let blocks: [JointBlock]  // transformer_blocks
  private let normOut: AdaptiveLayerNormContinuous  // norm_out
  private let projOut: Linear  // proj_out

  /// Width of the sinusoidal embedding of the time, in every published model.
  private static let timeWaves = 256

  /// Takes the network's parameters. Where the source has no `pos_embed.pos_embed`, positions are computed.
  /// - Throws: `DecodingError` for a configuration that makes no network; `CheckpointError` or `TorchError` when the
  ///   source cannot be read.
  public init(_ path: ParameterPath, _ config: SD3TransformerConfig) throws {
    try config.check()
    self.config = config
    let width = config.width
    patches = try PatchEmbedding(path / "pos_embed", config)
    let embedders = path / "time_text_embed"
    timeEmbedding = try TimestepEmbedding(embedders / "timestep_embedder", in: Self.timeWaves, out: width)
    pooledEmbedding = try TimestepEmbedding(embedders / "text_embedder", in: config.pooledTextWidth, out: width)
    textProjection = try Linear(path / "context_embedder", in: config.textWidth, out: width)
    blocks = try (0..<config.layerCount).map {
      try JointBlock(path / "transformer_blocks" / $0, config.blockLayout(layer: $0))
    }
    normOut = try AdaptiveLayerNormContinuous(path / "norm_out", width: width)
    projOut = try Linear(
      path / "proj_out", in: width, out: config.patchSize * config.patchSize * config.outChannels)
  }

  /// The type that the network computes in: that of its weights.
  public var dtype: DType { patches.dtype }

  /// What the network makes of a text, once for all steps and tiles.
  /// - Parameters:
  ///   - text_BTE: The text encoders' tokens, `[B, T, joint_attention_dim]`.
  ///   - pooled_BP: The pooled text, `[B, pooled_projection_dim]`.
  /// - Throws: `TorchError` for other widths, or when memory runs out.
  public func prompt(text_BTE: Tensor, pooled_BP: Tensor) throws(TorchError) -> JointPrompt {
    guard text_BTE.rank == 3, text_BTE.size(2) == config.textWidth, pooled_BP.rank == 2,
      pooled_BP.size(1) == config.pooledTextWidth, pooled_BP.size(0) == text_BTE.size(0)
    else {
      throw TorchError(
        .argument,
        "a transformer for text tokens [B, T, \(config.textWidth)] and pooled text [B, \(config.pooledTextWidth)] was given "
          + "tensors of shape \(text_BTE.shape) and \(pooled_BP.shape)")
    }
    return JointPrompt(
      text_BTD: try textProjection(try text_BTE.to(dtype)), pooled_BD: try pooledEmbedding(pooled_BP))
  }

  /// One pass.
  /// - Parameters:
  ///   - sample_BCHW: The noisy latent. Its sides are multiples of ``SD3TransformerConfig/sideMultiple``.
  ///   - timestep_B: The time of each row, 0…1000, float32: 1000 times the noise's share.
  ///   - prompt: What ``prompt(text_BTE:pooled_BP:)`` answered.
  ///   - residuals: What a ControlNet adds to the picture's tokens, each `[B, L, D]` and already scaled. With `R` of them and
  ///     `N` blocks, number `⌊b R / N⌋` is added behind block `b`, and none behind the last block.
  ///   - adapter: May change the picture's tokens at ``FeatureSite/block(_:)``.
  /// - Returns: The velocity (noise minus picture), BCHW, in ``dtype``.
  /// - Throws: `TorchError` for shapes that do not fit, or when memory runs out.
  public func callAsFunction(
    _ sample_BCHW: Tensor, timestep_B: Tensor, prompt: JointPrompt, residuals: [Tensor] = [],
    adapter: (any FeatureAdapter)? = nil
  ) throws(TorchError) -> Tensor {
    try check(sample_BCHW, timestep_B: timestep_B, prompt: prompt, residuals: residuals)
    let waves_BW = try SinusoidalEmbedding.embed(timestep_B, width: Self.timeWaves)
    let embedding_BD = try timeEmbedding(waves_BW) + prompt.pooled_BD
    let adapt = try adapter?.begin(embedding_BD: embedding_BD)
    let activated_BD = try embedding_BD.silu()
    var picture_BLD = try patches(sample_BCHW)
    var text_BTD = prompt.text_BTD
    for (number, block) in blocks.enumerated() {
      (picture_BLD, text_BTD) = try recomputedInBackward { [picture_BLD, text_BTD] () throws(TorchError) in
        try block(picture: picture_BLD, text: text_BTD, activated_BD)
      }
      if !residuals.isEmpty, number < blocks.count - 1 {
        let residual_BLD = residuals[number * residuals.count / blocks.count]
        picture_BLD = try picture_BLD.reusedForSum(with: try residual_BLD.to(dtype))
      }
      if let adapt { picture_BLD = try adapt(picture_BLD, .block(number)) }
    }
    let patches_BLP = try projOut(try normOut(picture_BLD, activated_BD))
    return try joined(patches_BLP, height: sample_BCHW.size(2), width: sample_BCHW.size(3))
  }

  /// Patches back to a latent. Each holds its pixels row after row, and the channels of a pixel side by side.
  private func joined(_ patches_BLP: Tensor, height: Int, width: Int) throws(TorchError) -> Tensor {
    let (batch, size, channels) = (patches_BLP.size(0), config.patchSize, config.outChannels)
    return try patches_BLP.reshaped([batch, height / size, width / size, size, size, channels])
      .permuted([0, 5, 1, 3, 2, 4]).reshaped([batch, channels, height, width])
  }

  private func check(
    _ sample_BCHW: Tensor, timestep_B: Tensor, prompt: JointPrompt, residuals: [Tensor]
  ) throws(TorchError) {
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(TorchError) {
      guard condition else { throw TorchError(.argument, message()) }
    }
    let shape = sample_BCHW.shape
    try require(
      shape.count == 4 && shape[1] == config.inChannels && shape[0] > 0,
      "a transformer for latents [B, \(config.inChannels), H, W] was given one of shape \(shape)")
    let size = config.patchSize
    try require(
      shape[2] > 0 && shape[3] > 0 && shape[2] % size == 0 && shape[3] % size == 0,
      "a latent of \(shape[2])×\(shape[3]) cannot be cut into patches of \(size)×\(size); pad it to multiples of \(size)"
    )
    try require(
      timestep_B.shape == [shape[0]],
      "times of shape \(timestep_B.shape) for a batch of \(shape[0]): give each row its own")
    try require(
      prompt.text_BTD.size(0) == shape[0],
      "a prompt of \(prompt.text_BTD.size(0)) rows for a batch of \(shape[0]) latents: give each row its own")
    try require(
      residuals.count <= blocks.count,
      "a transformer of \(blocks.count) blocks got \(residuals.count) ControlNet residuals")
    let tokens = [shape[0], (shape[2] / size) * (shape[3] / size), config.width]
    for residual_BLD in residuals {
      try require(
        residual_BLD.shape == tokens,
        "a ControlNet's residual of shape \(residual_BLD.shape) cannot be added to tokens of shape \(tokens)")
    }
  }
}
