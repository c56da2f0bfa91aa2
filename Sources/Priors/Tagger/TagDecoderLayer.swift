internal import Checkpoints
internal import Layers
internal import Torch

/// A block of the tag decoder, in BERT's manner with norms last: each tag looks at the picture's tokens, and never at other
/// tags.
struct TagDecoderLayer {
  private let query: Linear  // crossattention.self.query
  private let key: Linear  // crossattention.self.key
  private let value: Linear  // crossattention.self.value
  private let output: Linear  // crossattention.output.dense
  private let attentionNorm: LayerNorm  // crossattention.output.LayerNorm
  private let inner: Linear  // intermediate.dense
  private let outer: Linear  // output.dense
  private let norm: LayerNorm  // output.LayerNorm
  private let heads: Int

  init(_ path: ParameterPath, _ config: TaggerConfig.TagDecoder, imageWidth: Int) throws {
    let width = config.width
    let attention = path / "crossattention"
    query = try Linear(attention / "self" / "query", in: width, out: width)
    key = try Linear(attention / "self" / "key", in: imageWidth, out: width)
    value = try Linear(attention / "self" / "value", in: imageWidth, out: width)
    output = try Linear(attention / "output" / "dense", in: width, out: width)
    attentionNorm = try LayerNorm(attention / "output" / "LayerNorm", width: width, epsilon: config.normEpsilon)
    inner = try Linear(path / "intermediate" / "dense", in: width, out: config.innerWidth)
    outer = try Linear(path / "output" / "dense", in: config.innerWidth, out: width)
    norm = try LayerNorm(path / "output" / "LayerNorm", width: width, epsilon: config.normEpsilon)
    heads = config.heads
  }

  /// - Parameters:
  ///   - tags_BTD: What is known of each tag; a batch of 1 stands for all pictures.
  ///   - image_BLE: The picture's tokens.
  /// - Returns: `[B, T, D]`.
  func callAsFunction(_ tags_BTD: Tensor, image image_BLE: Tensor) throws(TorchError) -> Tensor {
    let (batch, count, width) = (image_BLE.size(0), tags_BTD.size(1), tags_BTD.size(2))
    let query_BHTK = try separated(query(tags_BTD)).expanded([batch, -1, -1, -1])
    let mixed_BHTK = try query_BHTK.attention(key: separated(key(image_BLE)), value: separated(value(image_BLE)))
    let mixed_BTD = try mixed_BHTK.transposed(1, 2).reshaped([batch, count, width])
    let attended_BTD = try attentionNorm(try output(mixed_BTD).reusedForSum(with: tags_BTD))
    return try norm(try outer(try inner(attended_BTD).reusedForGelu()).reusedForSum(with: attended_BTD))
  }

  private func separated(_ x_BLD: Tensor) throws(TorchError) -> Tensor {
    try x_BLD.reshaped([x_BLD.size(0), x_BLD.size(1), heads, -1]).transposed(1, 2)
  }
}
