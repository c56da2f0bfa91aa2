internal import Foundation

/// The sizes of the picture tagger RAM (Recognize Anything, Zhang et al. 2023) with its Swin tower, and of the LoRA that
/// makes it DAPE (SeeSR's degradation-aware prompt extractor). The defaults are the published Swin-L ones.
public struct TaggerConfig: Sendable, Decodable, Equatable {
  /// The sizes of the part that decides about tags.
  public struct TagDecoder: Sendable, Decodable, Equatable {
    /// Width of a tag's query.
    public var width = 768
    /// Width inside a block's perceptron.
    public var innerWidth = 3072
    /// Attention heads.
    public var heads = 4
    /// The number of blocks.
    public var layers = 2
    /// Epsilon of every norm.
    public var normEpsilon = 1e-12

    enum CodingKeys: String, CodingKey {
      case width = "hidden_size"
      case innerWidth = "intermediate_size"
      case heads = "num_attention_heads"
      case layers = "num_hidden_layers"
      case normEpsilon = "layer_norm_eps"
    }

    /// The published sizes.
    public init() {}

    /// Reads the part `tagging_head`; fields that are absent keep the published values.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      width = try values.decodeIfPresent(Int.self, forKey: .width) ?? width
      innerWidth = try values.decodeIfPresent(Int.self, forKey: .innerWidth) ?? innerWidth
      heads = try values.decodeIfPresent(Int.self, forKey: .heads) ?? heads
      layers = try values.decodeIfPresent(Int.self, forKey: .layers) ?? layers
      normEpsilon = try values.decodeIfPresent(Double.self, forKey: .normEpsilon) ?? normEpsilon
    }
  }

  /// How DAPE's LoRA was trained.
  public struct LoRA: Sendable, Decodable, Equatable {
    /// Rows of each `A`.
    public var rank = 8
    /// The product is multiplied by `alpha / rank`.
    public var alpha = 1.0

    enum CodingKeys: String, CodingKey {
      case rank = "r"
      case alpha
    }

    /// The published values.
    public init() {}

    /// Reads the part `lora`; fields that are absent keep the published values.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      rank = try values.decodeIfPresent(Int.self, forKey: .rank) ?? rank
      alpha = try values.decodeIfPresent(Double.self, forKey: .alpha) ?? alpha
    }
  }

  /// Side of the square picture that the tower is given.
  public var imageSide = 384
  /// Side of the pixels that become one token.
  public var patchSize = 4
  /// Tokens along each side of an attention window.
  public var windowSize = 12
  /// Width of a token in the first stage; each further stage doubles it.
  public var embedWidth = 192
  /// Blocks of each stage.
  public var depths = [2, 2, 18, 2]
  /// Attention heads of each stage.
  public var headCounts = [6, 12, 24, 48]
  /// How many times as wide a block's perceptron is inside.
  public var mlpRatio = 4.0
  /// Whether queries, keys and values have a bias.
  public var hasQueryKeyValueBias = true
  /// Width of the tokens that image transformers and the tag decoder look at.
  public var imageEmbedWidth = 512
  /// The tag decoder.
  public var decoder = TagDecoder()
  /// The number of tags.
  public var tagCount = 4585
  /// The score that each tag has to exceed, where the configuration itself says so; elsewhere a ``TagList`` does.
  public var thresholds: [Double]?
  /// DAPE's LoRA.
  public var lora = LoRA()

  enum CodingKeys: String, CodingKey {
    case imageSide = "image_res"
    case patchSize = "patch_size"
    case windowSize = "window_size"
    case embedWidth = "embed_dim"
    case depths
    case headCounts = "num_heads"
    case mlpRatio = "mlp_ratio"
    case hasQueryKeyValueBias = "qkv_bias"
    case visionWidth = "vision_width"
    case imageEmbedWidth = "image_embed_dim"
    case decoder = "tagging_head"
    case tagCount = "num_class"
    case thresholds = "class_threshold"
    case lora
  }

  /// The published sizes.
  public init() {}

  /// Reads a configuration; fields that are absent or null keep the published values.
  /// - Throws: `DecodingError` for a field of another type, and for sizes that make no tagger.
  public init(from source: any Decoder) throws {
    let values = try source.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into field: inout Value) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
    }
    try read(.imageSide, into: &imageSide)
    try read(.patchSize, into: &patchSize)
    try read(.windowSize, into: &windowSize)
    try read(.embedWidth, into: &embedWidth)
    try read(.depths, into: &depths)
    try read(.headCounts, into: &headCounts)
    try read(.mlpRatio, into: &mlpRatio)
    try read(.hasQueryKeyValueBias, into: &hasQueryKeyValueBias)
    try read(.imageEmbedWidth, into: &imageEmbedWidth)
    try read(.tagCount, into: &tagCount)
    thresholds = try values.decodeIfPresent([Double].self, forKey: .thresholds)
    let statedWidth = try values.decodeIfPresent(Int.self, forKey: .visionWidth)
    if let part = try values.decodeIfPresent(TagDecoder.self, forKey: .decoder) { decoder = part }
    if let part = try values.decodeIfPresent(LoRA.self, forKey: .lora) { lora = part }
    try check(source.codingPath, statedWidth: statedWidth)
  }

  /// Width of a token in a stage.
  func width(stage: Int) -> Int { embedWidth << stage }

  /// Tokens along each side of the map in a stage.
  func side(stage: Int) -> Int { (imageSide / patchSize) >> stage }

  /// Width of the tower's features.
  public var visionWidth: Int { width(stage: depths.count - 1) }

  /// Tokens of a picture: the mean of all, then those of the last stage's map.
  public var tokenCount: Int { side(stage: depths.count - 1) * side(stage: depths.count - 1) + 1 }
}
