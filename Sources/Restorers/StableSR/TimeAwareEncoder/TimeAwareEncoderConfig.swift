public import Checkpoints

/// The sizes of StableSR's time-aware encoder, in the form of the release's `structcond_stage_config`.
public struct TimeAwareEncoderConfig: Sendable, Codable, Equatable {
  /// Channels of the latent that comes in.
  public var inChannels = 4
  /// Channels of every feature map that goes out.
  public var outChannels = 256
  /// Width of the finest level; widths of the others are multiples of it.
  public var modelChannels = 256
  /// Each level's multiple, finest first.
  public var channelMultiples = [1, 1, 2, 2]
  /// Residual blocks of a level.
  public var layersPerBlock = 2
  /// Factors of reduction (1, 2, 4, …) at which residual blocks are followed by attention.
  public var attentionFactors = [4, 2, 1]
  /// Heads of every attention.
  public var heads = 4
  /// Groups of every group norm: fixed at 32 in the release, which has no field for it.
  public var normGroups = 32

  enum CodingKeys: String, CodingKey {
    case inChannels = "in_channels"
    case outChannels = "out_channels"
    case modelChannels = "model_channels"
    case channelMultiples = "channel_mult"
    case layersPerBlock = "num_res_blocks"
    case attentionFactors = "attention_resolutions"
    case heads = "num_heads"
    case normGroups = "norm_num_groups"
  }

  /// The sizes of the release.
  public init() {}

  /// Reads the release's form. Fields that are absent keep the release's values.
  /// - Throws: `DecodingError` for fields of another type and sizes that make no network.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into field: inout Value) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
    }
    try read(.inChannels, into: &inChannels)
    try read(.outChannels, into: &outChannels)
    try read(.modelChannels, into: &modelChannels)
    try read(.channelMultiples, into: &channelMultiples)
    try read(.layersPerBlock, into: &layersPerBlock)
    try read(.attentionFactors, into: &attentionFactors)
    try read(.heads, into: &heads)
    try read(.normGroups, into: &normGroups)
    try check(decoder.codingPath)
  }

  private func check(_ path: [any CodingKey]) throws {
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
      guard condition else {
        throw DecodingError.dataCorrupted(.init(codingPath: path, debugDescription: message()))
      }
    }
    try require((1...16).contains(channelMultiples.count), "channel_mult has \(channelMultiples.count) entries")
    let sizes = [
      ("in_channels", inChannels), ("out_channels", outChannels), ("model_channels", modelChannels),
      ("num_res_blocks", layersPerBlock), ("num_heads", heads), ("norm_num_groups", normGroups),
    ]
    for (name, size) in sizes + channelMultiples.map({ ("channel_mult", $0) }) {
      try require((1...65536).contains(size), "sizes must be positive and at most 65536; \(name) is \(size)")
    }
    try require(modelChannels % 2 == 0, "model_channels \(modelChannels) is odd; half of a time embedding are sines")
    for width in widths + [outChannels] {
      try require(width % normGroups == 0, "norm_num_groups \(normGroups) does not divide the width \(width)")
    }
    for (level, width) in widths.enumerated() where attends(level) || level == levels - 1 {
      try require(width % heads == 0, "num_heads \(heads) does not divide the width \(width)")
    }
  }

  /// Number of levels, and of feature maps that go out.
  public var levels: Int { channelMultiples.count }

  /// Width of each level, finest first.
  public var widths: [Int] { channelMultiples.map { $0 * modelChannels } }

  /// Width of the time embedding.
  public var timeWidth: Int { 4 * modelChannels }

  /// True for a level whose residual blocks are followed by attention.
  public func attends(_ level: Int) -> Bool { attentionFactors.contains(1 << level) }

  /// The release's key names and those of ``TimeAwareEncoder``.
  public var latentDiffusionKeys: KeyMap { .latentDiffusionEncoder(levels: levels, layersPerBlock: layersPerBlock) }
}
