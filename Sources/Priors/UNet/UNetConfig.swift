internal import Foundation

/// The sizes of a U-Net or ControlNet, in the form of the published `config.json`.
public struct UNetConfig: Sendable, Codable, Equatable {
  /// Channels of the latent that comes in.
  public var inChannels = 4
  /// Channels of the prediction. Absent in a ControlNet's file.
  public var outChannels = 4
  /// Width of each level, finest first.
  public var blockOutChannels = [320, 640, 1280, 1280]
  /// `CrossAttnDownBlock2D` or `DownBlock2D` for each level.
  public var downBlockTypes = ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"]
  /// `CrossAttnUpBlock2D` or `UpBlock2D` for each level, coarsest first.
  public var upBlockTypes = ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
  /// `UNetMidBlock2DCrossAttn` (two residual blocks and a transformer) or `UNetMidBlock2D` (one residual block).
  public var midBlockType = "UNetMidBlock2DCrossAttn"
  /// Residual blocks of a level on the way down; one more on the way up.
  public var layersPerBlock = 2
  /// Transformer blocks of each level's transformers.
  public var transformerLayersPerBlock = [1, 1, 1, 1]
  /// The NUMBER of heads of each level: the published field `attention_head_dim` is misnamed in these models.
  public var headCounts = [5, 10, 20, 20]
  /// Width of the context tokens.
  public var crossAttentionWidth = 1024
  /// Width of the picture's tokens that a second transformer looks at after each one over the text (SeeSR, AddSR); nil
  /// for a network without these.
  public var imageCrossAttentionWidth: Int?
  /// Channels of the structure features that modulate every residual block (StableSR); nil for a network without these.
  public var structureChannels: Int?
  /// Channels of the layer behind the structure features.
  public var structureHidden = 128
  /// Groups of every group norm.
  public var normGroups = 32
  /// Epsilon of the residual blocks' norms.
  public var normEpsilon = 1e-5
  /// Cosines before sines in the time embedding.
  public var flipSinToCos = true
  /// Taken off the number of frequencies of the time embedding.
  public var frequencyShift = 0.0
  /// `text_time` for SDXL: pooled text and sizes join the time embedding.
  public var additionEmbedType: String?
  /// Width of the embedding of each of SDXL's six sizes.
  public var additionTimeEmbedWidth: Int?
  /// Width of pooled text and embedded sizes together.
  public var projectionInputWidth: Int?
  /// Channels of the picture that steers a ControlNet.
  public var conditioningChannels = 3
  /// Widths of a ControlNet's picture encoder, which halves the picture between them.
  public var conditioningEmbeddingChannels = [16, 32, 96, 256]

  enum CodingKeys: String, CodingKey {
    case inChannels = "in_channels"
    case outChannels = "out_channels"
    case blockOutChannels = "block_out_channels"
    case downBlockTypes = "down_block_types"
    case upBlockTypes = "up_block_types"
    case midBlockType = "mid_block_type"
    case layersPerBlock = "layers_per_block"
    case transformerLayersPerBlock = "transformer_layers_per_block"
    case headCounts = "attention_head_dim"
    case crossAttentionWidth = "cross_attention_dim"
    case imageCrossAttentionWidth = "image_cross_attention_dim"
    case structureChannels = "semb_channels"
    case structureHidden = "spade_hidden"
    case normGroups = "norm_num_groups"
    case normEpsilon = "norm_eps"
    case flipSinToCos = "flip_sin_to_cos"
    case frequencyShift = "freq_shift"
    case additionEmbedType = "addition_embed_type"
    case additionTimeEmbedWidth = "addition_time_embed_dim"
    case projectionInputWidth = "projection_class_embeddings_input_dim"
    case conditioningChannels = "conditioning_channels"
    case conditioningEmbeddingChannels = "conditioning_embedding_out_channels"
  }

  /// The sizes of SD 2.x.
  public init() {}

  /// Reads the published form. Fields that are absent or null keep SD 2.x's values; a single number stands for all levels.
  /// - Throws: `DecodingError` for a field of another type or out of range, a list whose length is not the number of
  ///   levels, and fields that ask for a network which is not built here.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into field: inout Value) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
    }
    try read(.inChannels, into: &inChannels)
    try read(.outChannels, into: &outChannels)
    try read(.blockOutChannels, into: &blockOutChannels)
    try read(.downBlockTypes, into: &downBlockTypes)
    try read(.upBlockTypes, into: &upBlockTypes)
    try read(.midBlockType, into: &midBlockType)
    try read(.layersPerBlock, into: &layersPerBlock)
    try read(.crossAttentionWidth, into: &crossAttentionWidth)
    imageCrossAttentionWidth = try Self.imageCrossAttentionWidth(decoder)
    structureChannels = try values.decodeIfPresent(Int.self, forKey: .structureChannels)
    try read(.structureHidden, into: &structureHidden)
    try read(.normGroups, into: &normGroups)
    try read(.normEpsilon, into: &normEpsilon)
    try read(.flipSinToCos, into: &flipSinToCos)
    try read(.frequencyShift, into: &frequencyShift)
    additionEmbedType = try values.decodeIfPresent(String.self, forKey: .additionEmbedType)
    additionTimeEmbedWidth = try values.decodeIfPresent(Int.self, forKey: .additionTimeEmbedWidth)
    projectionInputWidth = try values.decodeIfPresent(Int.self, forKey: .projectionInputWidth)
    try read(.conditioningChannels, into: &conditioningChannels)
    try read(.conditioningEmbeddingChannels, into: &conditioningEmbeddingChannels)
    let levels = blockOutChannels.count
    func perLevel(_ key: CodingKeys, default value: [Int]) throws -> [Int] {
      if let one = try? values.decodeIfPresent(Int.self, forKey: key) { return Array(repeating: one, count: levels) }
      return try values.decodeIfPresent([Int].self, forKey: key) ?? value
    }
    transformerLayersPerBlock = try perLevel(.transformerLayersPerBlock, default: Array(repeating: 1, count: levels))
    headCounts = try perLevel(.headCounts, default: Array(repeating: 8, count: levels))
    try check(decoder.codingPath)
    try Self.refuseOtherNetworks(decoder)
  }

  /// Width of the time embedding inside the network.
  public var timeWidth: Int { 4 * (blockOutChannels.first ?? 0) }

  /// The modulation of every residual block, where there is one.
  public var structureModulation: SpatialModulation.Sizes? {
    structureChannels.map { SpatialModulation.Sizes(channels: $0, hidden: structureHidden) }
  }

  /// A latent's sides should be multiples of this, so that nothing is resized unevenly.
  public var sideMultiple: Int { 1 << (blockOutChannels.count - 1) }
}
