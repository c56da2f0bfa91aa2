public import Checkpoints
public import Layers
public import Torch

/// The transformer of FLUX.1: predicts the velocity from picture to noise in a latent's tokens, told of time, guidance and
/// text.
public struct FluxTransformer {
  /// The network's sizes.
  public let config: FluxTransformerConfig
  private let pictureProjection: Linear  // x_embedder
  private let textProjection: Linear  // context_embedder
  private let timeEmbedding: TimestepEmbedding  // time_text_embed.timestep_embedder
  private let guidanceEmbedding: TimestepEmbedding?  // time_text_embed.guidance_embedder
  private let pooledEmbedding: TimestepEmbedding  // time_text_embed.text_embedder
  private let doubleBlocks: StreamedBlocks<JointBlock>  // transformer_blocks
  private let singleBlocks: StreamedBlocks<FluxSingleBlock>  // single_transformer_blocks
  private let normOut: AdaptiveLayerNormContinuous  // norm_out
  private let projOut: Linear  // proj_out

  /// Width of the sinusoidal embedding of time and guidance, in every published model.
  private static let waves = 256

  /// Takes the network's parameters.
  /// - Parameters:
  ///   - path: Where they lie.
  ///   - config: The network's sizes.
  ///   - residency: How many blocks stay in memory; nil reads all and keeps them.
  /// - Throws: `DecodingError` for a configuration that makes no network; `CheckpointError` or `TorchError` when the
  ///   source cannot be read.
  public init(_ path: ParameterPath, _ config: FluxTransformerConfig, residency: BlockResidency? = nil) throws {
    try config.check()
    self.config = config
    let width = config.width
    pictureProjection = try Linear(path / "x_embedder", in: config.inChannels, out: width)
    textProjection = try Linear(path / "context_embedder", in: config.textWidth, out: width)
    let embedders = path / "time_text_embed"
    timeEmbedding = try TimestepEmbedding(embedders / "timestep_embedder", in: Self.waves, out: width)
    guidanceEmbedding =
      config.takesGuidance
      ? try TimestepEmbedding(embedders / "guidance_embedder", in: Self.waves, out: width) : nil
    pooledEmbedding = try TimestepEmbedding(embedders / "text_embedder", in: config.pooledTextWidth, out: width)
    doubleBlocks = try StreamedBlocks(
      path / "transformer_blocks", count: config.doubleCount, residency: residency
    ) { try JointBlock($0, config.blockLayout) }
    singleBlocks = try StreamedBlocks(
      path / "single_transformer_blocks", count: config.singleCount, residency: residency?.behind(config.doubleCount)
    ) { try FluxSingleBlock($0, config) }
    normOut = try AdaptiveLayerNormContinuous(path / "norm_out", width: width)
    projOut = try Linear(path / "proj_out", in: width, out: config.outChannels)
  }

  /// The type that the network computes in: that of its weights.
  public var dtype: DType { pictureProjection.dtype }

  /// Bytes of each block's parameters in memory, the double ones first; empty where all stay for good.
  public var blockByteCounts: [Int] { doubleBlocks.byteCounts + singleBlocks.byteCounts }

  /// How many blocks stay in memory from the next pass on; nil where all do for good, and then it cannot be changed.
  public var residency: BlockResidency? {
    get {
      guard let double = doubleBlocks.residency, let single = singleBlocks.residency else { return nil }
      return BlockResidency(
        residentCount: min(double.residentCount, doubleBlocks.count) + min(single.residentCount, singleBlocks.count))
    }
    nonmutating set {
      doubleBlocks.residency = newValue
      singleBlocks.residency = newValue?.behind(doubleBlocks.count)
    }
  }

  /// What the network makes of a text, once for all steps and tiles.
  /// - Parameters:
  ///   - text_BTE: The text encoder's tokens, `[B, T, joint_attention_dim]`.
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

  /// The picture's tokens before the first block, `[B, L, D]`: what an adapter starts from too.
  /// - Parameter picture_BLC: Packed: see ``FluxPacking``.
  public func tokens(_ picture_BLC: Tensor) throws(TorchError) -> Tensor {
    try pictureProjection(try picture_BLC.to(dtype))
  }

  /// SiLU of the conditioning vector, `[B, D]`: time, guidance and pooled text, which modulate every block.
  /// - Parameters:
  ///   - pass: Of which time and guidance count.
  ///   - pooled_BD: Of a ``JointPrompt``.
  /// - Throws: `TorchError` when the network wants guidance and there is none.
  public func conditioning(_ pass: FluxPass, pooled_BD: Tensor) throws(TorchError) -> Tensor {
    var vector_BD = try timeEmbedding(try Self.embedded(pass.timestep_B))
    if let guidanceEmbedding {
      guard let guidance_B = pass.guidance_B else {
        throw TorchError(
          .argument, "this transformer (FLUX.1-dev) is told a guidance, and none was given; 3.5 is usual")
      }
      vector_BD = try vector_BD + guidanceEmbedding(try Self.embedded(guidance_B))
    }
    return try (vector_BD + pooled_BD).silu()
  }

  /// Time and guidance count in thousandths.
  private static func embedded(_ values_B: Tensor) throws(TorchError) -> Tensor {
    try SinusoidalEmbedding.embed(try values_B.to(.float32) * 1000, width: waves)
  }

  /// One pass.
  /// - Parameters:
  ///   - pass: The noisy latent's tokens, time, guidance and positions.
  ///   - prompt: What ``prompt(text_BTE:pooled_BP:)`` answered.
  ///   - control: What an adapter adds behind the blocks.
  /// - Returns: The velocity (noise minus picture) as tokens, `[B, L, out_channels]`, in ``dtype``.
  /// - Throws: `TorchError` for shapes that do not fit, or when memory runs out; what reading a streamed block throws.
  public func callAsFunction(
    _ pass: FluxPass, prompt: JointPrompt, control: (any FluxControl)? = nil
  ) throws -> Tensor {
    try check(pass, prompt)
    let activated_BD = try conditioning(pass, pooled_BD: prompt.pooled_BD)
    var stream = FluxStream(picture_BLD: try tokens(pass.picture_BLC), text_BTD: prompt.text_BTD)
    for number in 0..<doubleBlocks.count {
      try doubleBlocks.with(number) { block in
        try stream.pass { picture_BLD, text_BTD in
          try recomputedInBackward { () throws(TorchError) in
            try block(picture: picture_BLD, text: text_BTD, activated_BD, positions: pass.positions)
          }
        }
      }
      try stream.add(control, behind: number)
    }
    var sequence = try stream.joined()
    for number in 0..<singleBlocks.count {
      try singleBlocks.with(number) { block in
        try sequence.pass { x_BSD in
          try recomputedInBackward { () throws(TorchError) in
            try block(x_BSD, activated_BD, positions: pass.positions)
          }
        }
      }
      try sequence.add(control, behind: doubleBlocks.count + number, isLast: number == singleBlocks.count - 1)
    }
    return try projOut(try normOut(try sequence.picture(), activated_BD))
  }

  private func check(_ pass: FluxPass, _ prompt: JointPrompt) throws(TorchError) {
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(TorchError) {
      guard condition else { throw TorchError(.argument, message()) }
    }
    let shape = pass.picture_BLC.shape
    try require(
      shape.count == 3 && shape[2] == config.inChannels && shape[0] > 0 && shape[1] > 0,
      "a transformer for tokens [B, L, \(config.inChannels)] was given some of shape \(shape)")
    try require(
      pass.timestep_B.shape == [shape[0]],
      "times of shape \(pass.timestep_B.shape) for a batch of \(shape[0]): give each row its own")
    try require(
      (pass.guidance_B?.shape ?? [shape[0]]) == [shape[0]],
      "guidance of shape \(pass.guidance_B?.shape ?? []) for a batch of \(shape[0]): give each row its own")
    try require(
      prompt.text_BTD.size(0) == shape[0],
      "a prompt of \(prompt.text_BTD.size(0)) rows for a batch of \(shape[0]) latents: give each row its own")
    try require(
      pass.positions.length == prompt.length + shape[1],
      "positions of \(pass.positions.length) tokens for \(prompt.length) of text and \(shape[1]) of the picture")
  }
}
