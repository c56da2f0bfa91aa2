public import Checkpoints
internal import Layers
public import Torch

/// The encoder of T5 v1.1 (Raffel et al. 2020, with the gated perceptron of Shazeer 2020): a transformer over the ids of a
/// ``T5Tokenizer``, in which every token sees every other. SD 3 and Flux take its answer for a prompt.
///
/// It computes in the type of its weights, float32 or bfloat16; norms sum in float32. float16 is refused: what the
/// blocks add up goes beyond its largest number.
///
/// Its memory goes with it: encode a run's prompts, keep what they gave, and let the model go. XXL has 9.5 GB in bfloat16.
public struct T5Encoder {
  /// The encoder's sizes.
  public let config: T5EncoderConfig
  private let tokens: Embedding  // shared
  private let positions: T5EncoderPositions  // encoder.block.0.layer.0.SelfAttention.relative_attention_bias
  private let layers: [T5EncoderLayer]  // encoder.block
  private let finalNorm: RMSNorm  // encoder.final_layer_norm

  /// Added to the scores of tokens that a mask hides: far below every score, and a number in bfloat16 also.
  private static let hidden = -1e30

  /// Takes the encoder's parameters under the names of transformers.
  /// - Throws: `CheckpointError` for weights in float16; what the source throws.
  public init(_ path: ParameterPath, _ config: T5EncoderConfig) throws {
    let encoder = path / "encoder"
    let (shared, own) = (path / "shared", encoder / "embed_tokens")
    self.config = config
    // Files hold the table under the one name, the other, or both.
    tokens = try Embedding(
      own.contains("weight") && !shared.contains("weight") ? own : shared, count: config.vocabularySize,
      width: config.width)
    if own.contains("weight") && shared.contains("weight") {
      _ = try own.take("weight", [config.vocabularySize, config.width], .zeros)
    }
    guard tokens.weight.dtype != .float16 else {
      throw CheckpointError(
        .unsupported,
        "loading a T5 encoder: its weights are to be float16, whose range the encoder leaves; load them as bfloat16 or float32"
      )
    }
    positions = try T5EncoderPositions(
      encoder / "block" / 0 / "layer" / 0 / "SelfAttention" / "relative_attention_bias", config)
    layers = try (0..<config.layers).map { try T5EncoderLayer(encoder / "block" / $0, config) }
    finalNorm = try RMSNorm(encoder / "final_layer_norm", width: config.width, epsilon: config.normEpsilon)
  }

  /// The type that the encoder computes in: that of its weights.
  public var dtype: DType { tokens.weight.dtype }

  /// Encodes prompts.
  /// - Parameters:
  ///   - ids_BL: Token ids, int64, of any length.
  ///   - mask_BL: 1 for tokens that may be looked at and 0 for others, int64. nil lets every token see every other, also
  ///     padding: so the pipelines of SD 3 and Flux ask.
  /// - Returns: The last hidden state after the final norm, `[B, L, D]`, in ``dtype``. Of tokens that the mask hides it
  ///   means nothing.
  /// - Throws: `TorchError` for ids that the encoder does not have or a mask of another shape, or when memory runs out.
  public func callAsFunction(_ ids_BL: Tensor, mask_BL: Tensor? = nil) throws(TorchError) -> Tensor {
    try check(ids_BL, mask_BL)
    let device = tokens.weight.device
    var bias = try positions.bias_1HLL(ids_BL.size(1))
    if let mask_BL {
      let shown = try mask_BL.to(dtype, device: device).unsqueezed(1).unsqueezed(1)
      bias = try bias + (1 - shown) * Self.hidden
    }
    var x_BLD = try tokens(try ids_BL.to(device: device))
    for layer in layers { x_BLD = try layer(x_BLD, bias: bias) }
    return try finalNorm(x_BLD)
  }

  /// Looks at the arguments. Every id must be a row of the table: an accelerator would not say so but break.
  private func check(_ ids_BL: Tensor, _ mask_BL: Tensor?) throws(TorchError) {
    guard ids_BL.rank == 2, ids_BL.dtype == .int64, ids_BL.count > 0 else {
      throw TorchError(.argument, "a T5 encoder takes int64 ids [B, L], not \(ids_BL)")
    }
    if let wrong = try ids_BL.integers().first(where: { !(0..<config.vocabularySize).contains($0) }) {
      throw TorchError(
        .argument,
        "a T5 encoder of \(config.vocabularySize) tokens was given the id \(wrong); the tokenizer belongs to another model"
      )
    }
    guard let mask_BL else { return }
    guard mask_BL.shape == ids_BL.shape, mask_BL.dtype == .int64,
      try mask_BL.integers().allSatisfy({ $0 == 0 || $0 == 1 })
    else {
      throw TorchError(.argument, "a T5 encoder takes a mask of int64 zeros and ones \(ids_BL.shape), not \(mask_BL)")
    }
  }
}
