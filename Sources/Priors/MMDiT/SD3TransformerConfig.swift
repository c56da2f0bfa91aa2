/// The sizes of a Stable Diffusion 3 or 3.5 transformer, in the form of the published `config.json`.
public struct SD3TransformerConfig: Sendable, Codable, Equatable {
  /// Channels of the latent that comes in.
  public var inChannels = 16
  /// Channels of the prediction; `inChannels` where the file says nothing.
  public var outChannels = 16
  /// Side of a patch, in pixels of the latent.
  public var patchSize = 2
  /// Side of the latent that positions were first made for: over the whole table, coordinates run from 0 to
  /// `sampleSize / patchSize`.
  public var sampleSize = 128
  /// Side of the position table, in patches: larger latents have no positions.
  public var positionSide = 192
  /// Joint blocks.
  public var layerCount = 24
  /// Heads of every attention.
  public var headCount = 24
  /// Width of a head.
  public var headWidth = 64
  /// Width of the text's tokens.
  public var textWidth = 4096
  /// Width of the text's tokens inside, which must be the picture's.
  public var projectedTextWidth = 1536
  /// Width of the pooled text.
  public var pooledTextWidth = 2048
  /// Blocks in which the picture's tokens also attend to themselves alone (SD 3.5 medium).
  public var dualAttentionLayers: [Int] = []
  /// `rms_norm` where queries and keys are normalised (SD 3.5); nil where not.
  public var headNorm: String?

  enum CodingKeys: String, CodingKey {
    case inChannels = "in_channels"
    case outChannels = "out_channels"
    case patchSize = "patch_size"
    case sampleSize = "sample_size"
    case positionSide = "pos_embed_max_size"
    case layerCount = "num_layers"
    case headCount = "num_attention_heads"
    case headWidth = "attention_head_dim"
    case textWidth = "joint_attention_dim"
    case projectedTextWidth = "caption_projection_dim"
    case pooledTextWidth = "pooled_projection_dim"
    case dualAttentionLayers = "dual_attention_layers"
    case headNorm = "qk_norm"
  }

  /// The sizes of SD 3 medium.
  public init() {}

  /// Reads the published form. Fields that are absent or null keep SD 3 medium's values.
  /// - Throws: `DecodingError` for a field of another type or out of range, and for fields that ask for a network which is
  ///   not built here.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into field: inout Value) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
    }
    try read(.inChannels, into: &inChannels)
    outChannels = inChannels
    try read(.outChannels, into: &outChannels)
    try read(.patchSize, into: &patchSize)
    try read(.sampleSize, into: &sampleSize)
    try read(.positionSide, into: &positionSide)
    try read(.layerCount, into: &layerCount)
    try read(.headCount, into: &headCount)
    try read(.headWidth, into: &headWidth)
    try read(.textWidth, into: &textWidth)
    try read(.projectedTextWidth, into: &projectedTextWidth)
    try read(.pooledTextWidth, into: &pooledTextWidth)
    try read(.dualAttentionLayers, into: &dualAttentionLayers)
    headNorm = try values.decodeIfPresent(String.self, forKey: .headNorm)
    try check(decoder.codingPath)
  }

  /// Width of a token inside the network.
  public var width: Int { headCount * headWidth }

  /// Whether queries and keys are normalised.
  public var normalisesHeads: Bool { headNorm != nil }

  /// A latent's sides must be multiples of this.
  public var sideMultiple: Int { patchSize }

  /// The sizes of a joint block.
  /// - Parameter layer: The block's number; the last one only reads the text.
  func blockLayout(layer: Int) -> JointBlockLayout {
    JointBlockLayout(
      width: width, heads: headCount, normalisesHeads: normalisesHeads, order: .pictureFirst,
      hasPictureAttention: dualAttentionLayers.contains(layer), answersText: layer != layerCount - 1)
  }
}
