/// The sizes of a FLUX.1 transformer, in the form of the published `config.json`.
public struct FluxTransformerConfig: Sendable, Codable, Equatable {
  /// Channels of a token that comes in: those of four pixels of the latent.
  public var inChannels = 64
  /// Channels of a token of the prediction; `inChannels` where the file says nothing.
  public var outChannels = 64
  /// Side of a patch of tokens; only 1 is built here.
  public var patchSize = 1
  /// Blocks in which picture and text are streams of their own.
  public var doubleCount = 19
  /// Blocks in which they are one sequence.
  public var singleCount = 38
  /// Heads of every attention.
  public var headCount = 24
  /// Width of a head.
  public var headWidth = 128
  /// Width of the text's tokens.
  public var textWidth = 4096
  /// Width of the pooled text.
  public var pooledTextWidth = 768
  /// Whether the network is told how strongly to follow the text (FLUX.1-dev); FLUX.1-schnell is not.
  public var takesGuidance = true
  /// Channels of a head for each axis of a token's position: picture, row, column.
  public var axisChannels = [16, 56, 56]

  enum CodingKeys: String, CodingKey {
    case inChannels = "in_channels"
    case outChannels = "out_channels"
    case patchSize = "patch_size"
    case doubleCount = "num_layers"
    case singleCount = "num_single_layers"
    case headCount = "num_attention_heads"
    case headWidth = "attention_head_dim"
    case textWidth = "joint_attention_dim"
    case pooledTextWidth = "pooled_projection_dim"
    case takesGuidance = "guidance_embeds"
    case axisChannels = "axes_dims_rope"
  }

  /// The sizes of FLUX.1-dev.
  public init() {}

  /// FLUX.1-dev: guidance is embedded.
  public static let dev = FluxTransformerConfig()

  /// FLUX.1-schnell: the same network, distilled to a few steps without guidance.
  public static let schnell: FluxTransformerConfig = {
    var config = FluxTransformerConfig()
    config.takesGuidance = false
    return config
  }()

  /// Reads the published form. Fields that are absent or null keep FLUX.1-dev's values, but for guidance, which is then off
  /// as in diffusers.
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
    try read(.doubleCount, into: &doubleCount)
    try read(.singleCount, into: &singleCount)
    try read(.headCount, into: &headCount)
    try read(.headWidth, into: &headWidth)
    try read(.textWidth, into: &textWidth)
    try read(.pooledTextWidth, into: &pooledTextWidth)
    takesGuidance = false
    try read(.takesGuidance, into: &takesGuidance)
    try read(.axisChannels, into: &axisChannels)
    try check(decoder.codingPath)
  }

  /// Width of a token inside the network.
  public var width: Int { headCount * headWidth }

  /// All blocks, the double ones first.
  public var blockCount: Int { doubleCount + singleCount }

  /// A latent's sides must be multiples of this.
  public var sideMultiple: Int { FluxPacking.side }

  /// The sizes of a double block.
  public var blockLayout: JointBlockLayout {
    JointBlockLayout(width: width, heads: headCount, normalisesHeads: true, order: .textFirst)
  }
}
