internal import Checkpoints
internal import Layers
internal import Torch

/// CLIP's text tower, from ids to the vectors that pictures are compared with. It is needed once: prompts are constants.
struct CLIPTextTower {
  private let tokens: Embedding  // token_embedding
  private let positions_LD: Tensor  // positional_embedding
  private let blocks: [EncoderBlock]  // transformer.resblocks.N
  private let finalNorm: LayerNorm  // ln_final
  private let projection: Linear  // text_projection

  /// OpenAI's keys under the names that this tower asks for, those of transformers.
  static func source(_ base: any ParameterSource, _ config: CLIPConfig) -> RenamedSource {
    OpenCLIPKeyMap(layers: config.textLayers, width: config.textWidth, projection: true).source(base)
  }

  /// - Parameter path: Where ``source(_:_:)`` begins.
  init(_ path: ParameterPath, _ config: CLIPConfig) throws {
    let model = path / "text_model"
    let width = config.textWidth
    tokens = try Embedding(
      model / "embeddings" / "token_embedding", count: config.vocabularySize, width: width, deviation: 0.02)
    positions_LD = try (model / "embeddings" / "position_embedding").take(
      "weight", [config.contextLength, width], .normal(0.01))
    blocks = try (0..<config.textLayers).map {
      try EncoderBlock(
        model / "encoder" / "layers" / $0, .clip, width: width, innerWidth: 4 * width, heads: config.textHeads)
    }
    finalNorm = try LayerNorm(model / "final_layer_norm", width: width)
    projection = try Linear(path / "text_projection", in: width, out: config.width, bias: false)
  }

  /// Ids `[B, L]`, int64, to `[B, width]`: what stands at the highest id, which is the end token.
  func callAsFunction(_ ids_BL: Tensor) throws(TorchError) -> Tensor {
    let length = ids_BL.size(1)
    var x_BLD = try tokens(ids_BL) + positions_LD.narrowed(0, from: 0, length: length)
    for block in blocks { x_BLD = try block(x_BLD, causal: true) }
    let ends = try ids_BL.argmax(1).integers().enumerated().map { $0 * length + $1 }
    let rows_BD = try x_BLD.flattened(from: 0, to: 1).indexSelected(0, Tensor(ends).to(device: x_BLD.device))
    return try projection(finalNorm(rows_BD))
  }
}
