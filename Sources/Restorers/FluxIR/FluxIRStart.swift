public import Checkpoints
public import Priors
public import Torch

/// What the training of a FluxIR adapter starts from: the transformer's first block, the empty prompt, and layers that
/// change nothing.
public final class FluxIRStart: ParameterSource {
  /// What messages call this source.
  public let name = "new parameters of FluxIR"
  /// A new adapter has no keys of its own.
  public let keys: Set<String> = []
  private let transformer: any ParameterSource
  private let prompt: [String: Tensor]
  private let drawn: ParameterInitialiser
  private var parameters: [String: Tensor] = [:]

  /// - Parameters:
  ///   - transformer: FLUX.1's parameters under diffusers' names.
  ///   - text_1TE: T5's answer to no words, `[1, T, E]`.
  ///   - pooled_1P: CLIP's answer to no words, `[1, P]`.
  ///   - seed: Fixes what is drawn: the first halves of the layers.
  public init(
    _ transformer: any ParameterSource, text_1TE: Tensor, pooled_1P: Tensor, seed: UInt64
  ) throws(TorchError) {
    self.transformer = transformer
    prompt = [FluxIRAdapter.prefix + ".theta_t5": text_1TE, FluxIRAdapter.prefix + ".theta_clip": pooled_1P]
    drawn = try ParameterInitialiser(seed: seed)
  }

  /// A parameter of a new adapter, float32.
  public func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    let tensor = try prompt[key] ?? copied(key, request) ?? drawn.parameter(key, request)
    parameters[key] = try tensor?.to(.float32)
    return parameters[key]
  }

  /// All parameters of a new adapter, by their keys in a checkpoint.
  /// - Parameters:
  ///   - config: The adapter's sizes.
  ///   - sizes: Those of the transformer.
  /// - Throws: `CheckpointError` when the transformer's block or the prompt has other sizes, or the block is quantised.
  public func parameters(_ config: FluxIRConfig, for sizes: FluxTransformerConfig) throws -> [String: Tensor] {
    parameters = [:]
    _ = try ParameterLoader.load(self, component: "a new FluxIR adapter") {
      try FluxIRAdapter($0 / FluxIRAdapter.prefix, config, for: sizes)
    }
    return parameters
  }

  /// A parameter of the transformer's first block.
  private func copied(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    let block = FluxIRAdapter.prefix + ".block."
    guard key.hasPrefix(block) else { return nil }
    let name = "transformer_blocks.0." + key.dropFirst(block.count)
    guard let tensor = try transformer.parameter(name, request) else {
      throw CheckpointError(.mismatch, "a new FluxIR adapter copies '\(name)', which '\(transformer.name)' lacks")
    }
    guard tensor.dtype.isFloatingPoint else {
      throw CheckpointError(
        .unsupported,
        "a new FluxIR adapter copies '\(name)', which '\(transformer.name)' holds as \(tensor.dtype); take the file that it "
          + "was quantised from")
    }
    return tensor
  }
}
