public import Priors

/// The sizes of a U-Net in the form of the original authors' `unet_config`, StableSR's fields included.
public struct LatentDiffusionUNetConfig: Sendable, Decodable {
  /// The same sizes in diffusers' form.
  public let network: UNetConfig

  private enum CodingKeys: String, CodingKey {
    case inChannels = "in_channels"
    case outChannels = "out_channels"
    case modelChannels = "model_channels"
    case channelMultiples = "channel_mult"
    case layersPerBlock = "num_res_blocks"
    case attentionFactors = "attention_resolutions"
    case headWidth = "num_head_channels"
    case transformerDepth = "transformer_depth"
    case contextWidth = "context_dim"
    case structureChannels = "semb_channels"
    case structureHidden = "spade_hidden"
    case normGroups = "norm_num_groups"
    case usesTransformers = "use_spatial_transformer"
    case usesLinearProjections = "use_linear_in_transformer"
  }

  /// Reads the original form. Fields that are absent keep the values of StableSR's release, of which two are in no file:
  /// `norm_num_groups` (32) and `spade_hidden` (128).
  /// - Throws: `DecodingError` for fields of another type, sizes that make no network, and networks of another kind.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, default value: Value) throws -> Value {
      try values.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    for key in [CodingKeys.usesTransformers, .usesLinearProjections] where try !read(key, default: true) {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: values, debugDescription: "\(key.rawValue) is false; only U-Nets with it are built here")
    }
    let modelChannels = try read(.modelChannels, default: 320)
    let headWidth = try read(.headWidth, default: 64)
    let multiples = try read(.channelMultiples, default: [1, 2, 4, 4])
    guard headWidth > 0, (multiples + [modelChannels]).allSatisfy({ (1...65536).contains($0) }) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription:
            "model_channels \(modelChannels), channel_mult \(multiples) and num_head_channels \(headWidth) "
            + "must be positive and at most 65536"))
    }
    let factors = try read(.attentionFactors, default: [4, 2, 1])
    let attends = multiples.indices.map { $0 < 31 && factors.contains(1 << $0) }
    var config = UNetConfig()
    config.inChannels = try read(.inChannels, default: 4)
    config.outChannels = try read(.outChannels, default: 4)
    config.blockOutChannels = multiples.map { $0 * modelChannels }
    config.downBlockTypes = attends.map { $0 ? "CrossAttnDownBlock2D" : "DownBlock2D" }
    config.upBlockTypes = attends.reversed().map { $0 ? "CrossAttnUpBlock2D" : "UpBlock2D" }
    config.layersPerBlock = try read(.layersPerBlock, default: 2)
    config.headCounts = config.blockOutChannels.map { max($0 / headWidth, 1) }
    config.transformerLayersPerBlock = Array(
      repeating: try read(.transformerDepth, default: 1), count: multiples.count)
    config.crossAttentionWidth = try read(.contextWidth, default: 1024)
    config.structureChannels = try values.decodeIfPresent(Int.self, forKey: .structureChannels)
    config.structureHidden = try read(.structureHidden, default: 128)
    config.normGroups = try read(.normGroups, default: 32)
    try config.check(decoder.codingPath)
    network = config
  }
}
