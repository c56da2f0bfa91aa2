internal import Foundation

/// The sizes of a CLIP text encoder, in the form of the published `config.json`.
public struct CLIPTextConfig: Sendable, Codable, Equatable {
  /// The activation between the two layers of a block's perceptron.
  public enum Activation: String, Sendable, Codable {
    /// `x sigmoid(1.702 x)`: OpenAI's models.
    case quickGELU = "quick_gelu"
    /// The Gaussian error linear unit, exact: OpenCLIP's models.
    case gelu
  }

  /// Rows of the token table.
  public var vocabularySize = 49408
  /// Width of a token.
  public var width = 512
  /// Width inside a block's perceptron.
  public var innerWidth = 2048
  /// The number of blocks. SD 2.x's file holds 23 of OpenCLIP's 24.
  public var layers = 12
  /// Attention heads of a block.
  public var heads = 8
  /// The longest sequence.
  public var positions = 77
  /// Epsilon of every norm.
  public var normEpsilon = 1e-5
  /// The activation.
  public var activation = Activation.quickGELU
  /// Width of the projected text.
  public var projectionWidth = 512
  /// The id at whose first place the pooled text stands. 2 is what old files say by mistake: the place of the highest id is
  /// meant then, as in transformers.
  public var endID = 49407
  /// `CLIPTextModel` or `CLIPTextModelWithProjection`; nil leaves it to the weights whether there is a projection.
  public var architectures: [String]?

  enum CodingKeys: String, CodingKey {
    case vocabularySize = "vocab_size"
    case width = "hidden_size"
    case innerWidth = "intermediate_size"
    case layers = "num_hidden_layers"
    case heads = "num_attention_heads"
    case positions = "max_position_embeddings"
    case normEpsilon = "layer_norm_eps"
    case activation = "hidden_act"
    case projectionWidth = "projection_dim"
    case endID = "eos_token_id"
    case architectures
  }

  /// The sizes that transformers takes for fields that a file lacks.
  public init() {}

  /// Reads the published form. Fields that are absent or null keep transformers' defaults.
  /// - Throws: `DecodingError` for a field of another type, and for sizes that make no encoder.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into field: inout Value) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
    }
    try read(.vocabularySize, into: &vocabularySize)
    try read(.width, into: &width)
    try read(.innerWidth, into: &innerWidth)
    try read(.layers, into: &layers)
    try read(.heads, into: &heads)
    try read(.positions, into: &positions)
    try read(.normEpsilon, into: &normEpsilon)
    try read(.projectionWidth, into: &projectionWidth)
    try read(.endID, into: &endID)
    architectures = try values.decodeIfPresent([String].self, forKey: .architectures)
    if let name = try values.decodeIfPresent(String.self, forKey: .activation) {
      guard let known = Activation(rawValue: name) else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "unknown hidden_act '\(name)'"))
      }
      activation = known
    }
    try check(decoder.codingPath)
  }

  private func check(_ path: [any CodingKey]) throws {
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
      guard condition else {
        throw DecodingError.dataCorrupted(.init(codingPath: path, debugDescription: message()))
      }
    }
    // Far beyond every published encoder: what is larger is a damaged file, and products of sizes must not overflow.
    for (name, value, most) in [
      ("vocab_size", vocabularySize, 1 << 20), ("hidden_size", width, 1 << 16),
      ("intermediate_size", innerWidth, 1 << 18),
      ("num_hidden_layers", layers, 256), ("num_attention_heads", heads, 1 << 10),
      ("max_position_embeddings", positions, 1 << 16), ("projection_dim", projectionWidth, 1 << 16),
    ] {
      try require((1...most).contains(value), "\(name) is \(value); it must be within 1…\(most)")
    }
    try require(width % heads == 0, "num_attention_heads \(heads) does not divide the width \(width)")
    try require(normEpsilon > 0 && normEpsilon.isFinite, "layer_norm_eps is \(normEpsilon); it must be above 0")
    for name in architectures ?? [] {
      try require(
        ["CLIPTextModel", "CLIPTextModelWithProjection"].contains(name), "'\(name)' is not a CLIP text encoder")
    }
  }

  /// OpenCLIP ViT-H as SD 2.x has it: without its last block.
  public static let openCLIPH: CLIPTextConfig = {
    var config = CLIPTextConfig()
    config.width = 1024
    config.innerWidth = 4096
    config.layers = 23
    config.heads = 16
    config.activation = .gelu
    config.architectures = ["CLIPTextModel"]
    return config
  }()

  /// Whether the pooled text is projected; nil when the file does not say.
  public var hasProjection: Bool? { architectures.map { $0.contains("CLIPTextModelWithProjection") } }
}
