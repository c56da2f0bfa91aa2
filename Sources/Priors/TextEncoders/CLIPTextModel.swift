public import Checkpoints
internal import Layers
public import Torch

/// CLIP's text encoder: a causal transformer over the ids of a ``CLIPTokenizer``.
///
/// Its memory goes with it: encode a run's prompts, keep what they gave, and let the model go.
public struct CLIPTextModel {
  /// The encoder's sizes.
  public let config: CLIPTextConfig
  private let tokens: Embedding  // text_model.embeddings.token_embedding
  private let positions: Embedding  // text_model.embeddings.position_embedding
  private let layers: [CLIPTextLayer]  // text_model.encoder.layers
  private let finalNorm: LayerNorm  // text_model.final_layer_norm
  private let projection: Linear?  // text_projection

  /// Takes the encoder's parameters under the names of transformers. OpenCLIP's names go through ``OpenCLIPKeyMap``.
  public init(_ path: ParameterPath, _ config: CLIPTextConfig) throws {
    let embeddings = path / "text_model" / "embeddings"
    self.config = config
    // New tables begin as in CLIP's training.
    tokens = try Embedding(
      embeddings / "token_embedding", count: config.vocabularySize, width: config.width, deviation: 0.02)
    positions = try Embedding(
      embeddings / "position_embedding", count: config.positions, width: config.width, deviation: 0.01)
    // The numbers 0, 1, … that files of transformers before 4.31 hold: claimed, so that no load calls them unexpected.
    if embeddings.contains("position_ids") { _ = try embeddings.take("position_ids", [1, config.positions], .zeros) }
    layers = try (0..<config.layers).map { try CLIPTextLayer(path / "text_model" / "encoder" / "layers" / $0, config) }
    finalNorm = try LayerNorm(
      path / "text_model" / "final_layer_norm", width: config.width, epsilon: config.normEpsilon)
    let projectionPath = path / "text_projection"
    projection =
      config.hasProjection ?? projectionPath.contains("weight")
      ? try Linear(projectionPath, in: config.width, out: config.projectionWidth, bias: false) : nil
  }

  /// The type that the encoder computes in: that of its weights.
  public var dtype: DType { tokens.weight.dtype }

  /// The number of the penultimate hidden state, which conditions SDXL and SD 3.
  public var penultimate: Int { config.layers - 1 }

  /// Encodes prompts.
  /// - Parameters:
  ///   - ids_BL: Token ids, int64, at most as long as the encoder has positions.
  ///   - hiddenStates: The hidden states to keep: 0 is the embeddings, k what block k (counted from 1) gave.
  /// - Returns: The states asked for, the normed last state and the pooled text, in ``dtype``.
  /// - Throws: `TorchError` for ids or states that the encoder does not have, or when memory runs out.
  public func callAsFunction(_ ids_BL: Tensor, hiddenStates: Set<Int> = []) throws(TorchError) -> CLIPTextEncoding {
    let ids = try checked(ids_BL, states: hiddenStates)
    var kept: [Int: Tensor] = [:]
    let last_BLD = try finalNorm(
      run(ids_BL, layers: config.layers) { number, x_BLD in if hiddenStates.contains(number) { kept[number] = x_BLD } })
    let (batch, length) = (ids_BL.size(0), ids_BL.size(1))
    let rows = (0..<batch).map { $0 * length + pooledPosition(ids[$0 * length..<($0 + 1) * length]) }
    let pooled_BD = try last_BLD.reshaped([batch * length, config.width])
      .indexSelected(0, Tensor(rows).to(device: last_BLD.device))
    return CLIPTextEncoding(
      hiddenStates_BLD: kept, lastHiddenState_BLD: last_BLD, pooled_BD: pooled_BD,
      projected_BD: try projection.map { project throws(TorchError) in try project(pooled_BD) })
  }

  /// One hidden state, without the blocks behind it.
  /// - Parameters:
  ///   - number: 0 is the embeddings, k what block k (counted from 1) gave; see ``penultimate``.
  ///   - ids_BL: Token ids, int64, at most as long as the encoder has positions.
  /// - Returns: `[B, L, D]`, without the final norm, in ``dtype``.
  /// - Throws: `TorchError` for ids or a state that the encoder does not have, or when memory runs out.
  public func hiddenState(_ number: Int, of ids_BL: Tensor) throws(TorchError) -> Tensor {
    _ = try checked(ids_BL, states: [number])
    return try run(ids_BL, layers: number) { _, _ in }
  }

  /// The embeddings through the first `count` blocks.
  /// - Parameter visit: Told every hidden state and its number.
  private func run(_ ids_BL: Tensor, layers count: Int, visit: (Int, Tensor) -> Void) throws(TorchError) -> Tensor {
    let place_LD = try positions.weight.narrowed(0, from: 0, length: ids_BL.size(1))
    var x_BLD = try tokens(try ids_BL.to(device: tokens.weight.device)) + place_LD
    visit(0, x_BLD)
    for number in 0..<count {
      x_BLD = try layers[number](x_BLD)
      visit(number + 1, x_BLD)
    }
    return x_BLD
  }

  /// The ids, after a look at all arguments. Every id must be a row of the table: an accelerator would
  /// not say so but break.
  private func checked(_ ids_BL: Tensor, states: Set<Int>) throws(TorchError) -> [Int] {
    if let wrong = states.sorted().first(where: { !(0...config.layers).contains($0) }) {
      throw TorchError(
        .argument, "a text encoder of \(config.layers) layers has the hidden states 0…\(config.layers), not \(wrong)")
    }
    guard ids_BL.rank == 2, ids_BL.dtype == .int64, ids_BL.count > 0, ids_BL.size(1) <= config.positions else {
      throw TorchError(
        .argument, "a text encoder takes int64 ids [B, L] with L up to \(config.positions), not \(ids_BL)")
    }
    let ids = try ids_BL.integers()
    if let wrong = ids.first(where: { !(0..<config.vocabularySize).contains($0) }) {
      throw TorchError(
        .argument,
        "a text encoder of \(config.vocabularySize) tokens was given the id \(wrong); the tokenizer belongs to another model"
      )
    }
    return ids
  }

  /// Where the pooled text stands: the first end token, or the first place where there is none.
  private func pooledPosition(_ ids: ArraySlice<Int>) -> Int {
    let end = config.endID == 2 ? ids.max() : config.endID
    return (ids.firstIndex { $0 == end } ?? ids.startIndex) - ids.startIndex
  }
}
