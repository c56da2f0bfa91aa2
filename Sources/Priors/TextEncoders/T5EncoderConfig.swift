/// The sizes of a T5 v1.1 encoder, in the form of the published `config.json`.
public struct T5EncoderConfig: Sendable, Codable, Equatable {
  /// Rows of the token table; more than a tokenizer has ids.
  public var vocabularySize = 32128
  /// Width of a token.
  public var width = 4096
  /// Width of an attention head, which the width and the number of heads do not imply.
  public var headWidth = 64
  /// Width inside a block's perceptron.
  public var innerWidth = 10240
  /// The number of blocks.
  public var layers = 24
  /// Attention heads of a block.
  public var heads = 64
  /// Rows of the table of relative positions; one half for tokens before, one for tokens behind.
  public var positionBuckets = 32
  /// The distance from which on all tokens are equally far.
  public var furthestDistance = 128
  /// Epsilon of every norm.
  public var normEpsilon = 1e-6

  enum CodingKeys: String, CodingKey {
    case vocabularySize = "vocab_size"
    case width = "d_model"
    case headWidth = "d_kv"
    case innerWidth = "d_ff"
    case layers = "num_layers"
    case heads = "num_heads"
    case positionBuckets = "relative_attention_num_buckets"
    case furthestDistance = "relative_attention_max_distance"
    case normEpsilon = "layer_norm_epsilon"
  }

  private enum KindKeys: String, CodingKey {
    case architectures
    case perceptron = "feed_forward_proj"
  }

  /// The sizes of T5 v1.1 XXL, which SD 3 and Flux read prompts with.
  public init() {}

  /// Reads the published form. Fields that are absent or null keep the sizes of T5 v1.1 XXL.
  /// - Throws: `DecodingError` for a field of another type, for other models, and for sizes that make no encoder.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into field: inout Value) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
    }
    try read(.vocabularySize, into: &vocabularySize)
    try read(.width, into: &width)
    try read(.headWidth, into: &headWidth)
    try read(.innerWidth, into: &innerWidth)
    try read(.layers, into: &layers)
    try read(.heads, into: &heads)
    try read(.positionBuckets, into: &positionBuckets)
    try read(.furthestDistance, into: &furthestDistance)
    try read(.normEpsilon, into: &normEpsilon)
    try check(decoder)
  }

  private func check(_ decoder: any Decoder) throws {
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
      guard condition else {
        throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: message()))
      }
    }
    let kind = try decoder.container(keyedBy: KindKeys.self)
    for name in try kind.decodeIfPresent([String].self, forKey: .architectures) ?? [] {
      try require(
        ["T5EncoderModel", "T5Model", "T5ForConditionalGeneration"].contains(name), "'\(name)' is not a T5 encoder")
    }
    // The first T5 has a ReLU without gate, under other keys.
    if let perceptron = try kind.decodeIfPresent(String.self, forKey: .perceptron) {
      try require(
        perceptron == "gated-gelu", "feed_forward_proj is '\(perceptron)'; only T5 v1.1's 'gated-gelu' is known")
    }
    // Far beyond every published encoder: what is larger is a damaged file, and products of sizes must not overflow.
    for (name, value, most) in [
      ("vocab_size", vocabularySize, 1 << 20), ("d_model", width, 1 << 16), ("d_kv", headWidth, 1 << 12),
      ("d_ff", innerWidth, 1 << 18), ("num_layers", layers, 256), ("num_heads", heads, 1 << 10),
    ] {
      try require((1...most).contains(value), "\(name) is \(value); it must be within 1…\(most)")
    }
    try require(
      (4...1 << 12).contains(positionBuckets) && positionBuckets % 4 == 0,
      "relative_attention_num_buckets is \(positionBuckets); it must be a multiple of 4 within 4…4096")
    // Half of a direction's buckets are single distances; the rest needs some distance to stand for.
    try require(
      (positionBuckets / 4 + 1...1 << 20).contains(furthestDistance),
      "relative_attention_max_distance is \(furthestDistance); it must be within \(positionBuckets / 4 + 1)…\(1 << 20)")
    try require(normEpsilon > 0 && normEpsilon.isFinite, "layer_norm_epsilon is \(normEpsilon); it must be above 0")
  }
}
