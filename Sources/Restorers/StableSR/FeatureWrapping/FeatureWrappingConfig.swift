public import Checkpoints
public import Priors
public import Torch

/// The sizes of StableSR's autoencoder with controllable feature wrapping, in the form of the release's
/// `autoencoder_kl_64x64x4_resi.yaml` (`embed_dim`, `ddconfig`, `num_fuse_block`, `num_grow_ch`).
///
/// Without the last two it is the form of any autoencoder of the original authors (`first_stage_config`).
public struct FeatureWrappingConfig: Sendable, Decodable {
  /// The autoencoder's own sizes.
  public var autoencoder = AutoencoderKLConfig()
  /// Dense groups of a fusion.
  public var denseGroups = 2
  /// Channels of each result inside a dense block: fixed at 32 in the release.
  public var growth = 32
  /// False for an autoencoder whose fusions are still to be trained: it decodes as one without any.
  public var fuses = true

  private enum CodingKeys: String, CodingKey {
    case embedding = "embed_dim"
    case sizes = "ddconfig"
    case denseGroups = "num_fuse_block"
    case growth = "num_grow_ch"
    case normGroups = "norm_num_groups"
  }

  private struct Sizes: Decodable {
    var z_channels: Int?
    var in_channels: Int?
    var out_ch: Int?
    var ch: Int?
    var ch_mult: [Int]?
    var num_res_blocks: Int?
    var attn_resolutions: [Int]?
  }

  /// The sizes of the release.
  public init() {}

  /// Reads the release's form. Fields that are absent keep the release's values.
  /// - Throws: `DecodingError` for fields of another type, and for sizes that make no such autoencoder.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func refuse(_ key: CodingKeys, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: values, debugDescription: reason)
    }
    if let sizes = try values.decodeIfPresent(Sizes.self, forKey: .sizes) {
      let (width, multiples) = (sizes.ch ?? 128, sizes.ch_mult ?? [1, 2, 4, 4])
      guard (multiples + [width]).allSatisfy({ (1...65536).contains($0) }) else {
        throw refuse(.sizes, "ch \(width) and ch_mult \(multiples) must be positive and at most 65536")
      }
      guard (sizes.attn_resolutions ?? []).isEmpty else {
        throw refuse(.sizes, "attn_resolutions is not empty; only attention in the middle is built here")
      }
      autoencoder.blockOutChannels = multiples.map { $0 * width }
      autoencoder.latentChannels = sizes.z_channels ?? 4
      autoencoder.inChannels = sizes.in_channels ?? 3
      autoencoder.outChannels = sizes.out_ch ?? 3
      autoencoder.layersPerBlock = sizes.num_res_blocks ?? 2
    }
    let embedding = try values.decodeIfPresent(Int.self, forKey: .embedding) ?? autoencoder.latentChannels
    guard embedding == autoencoder.latentChannels else {
      throw refuse(
        .embedding, "embed_dim \(embedding) is not z_channels \(autoencoder.latentChannels); they are one number here")
    }
    autoencoder.normGroups = try values.decodeIfPresent(Int.self, forKey: .normGroups) ?? autoencoder.normGroups
    try autoencoder.check(decoder.codingPath)
    denseGroups = try values.decodeIfPresent(Int.self, forKey: .denseGroups) ?? denseGroups
    guard (1...64).contains(denseGroups) else {
      throw refuse(.denseGroups, "num_fuse_block is \(denseGroups); it must be within 1…64")
    }
    growth = try values.decodeIfPresent(Int.self, forKey: .growth) ?? growth
    guard (1...65536).contains(growth) else {
      throw refuse(.growth, "num_grow_ch is \(growth); it must be within 1…65536")
    }
  }

  /// The levels at which features are fused, 0 for the finest: all but the finest and the coarsest.
  public var fusedLevels: [Int] { fuses ? Array(1..<max(autoencoder.blockOutChannels.count - 1, 1)) : [] }

  /// The release's key names and those of ``FeatureWrappingAutoencoder``.
  public var latentDiffusionKeys: KeyMap {
    autoencoder.latentDiffusionKeys
      + KeyMap(
        fusedLevels.map { level in
          let block = "decoder.fusion_layer_\(level).encode_enc_1"
          return .init("\(block).conv_out", "\(block).conv_shortcut")
        })
  }

  /// Bytes that an encode or a decode in strips needs at its peak, beside weights, input and result: the autoencoder's own,
  /// or those of a fusion, and the encoder's features in both.
  /// - Parameters:
  ///   - height: Of the picture, in pixels.
  ///   - width: Of the picture, in pixels.
  ///   - dtype: What the network computes in.
  ///   - plan: How large strips are.
  public func workingByteCount(height: Int, width: Int, dtype: DType, plan: StripPlan) -> Int {
    let pixels = height * width
    var features = 0
    var fusion = 0
    for level in fusedLevels {
      let channels = autoencoder.blockOutChannels[level]
      features += channels * (pixels >> (2 * level))
      // The decoder's features, a group's input, a block's input and result, and its results between.
      fusion = max(fusion, (4 * channels + 4 * growth) * (pixels >> (2 * level)))
    }
    let own = autoencoder.workingByteCount(height: height, width: width, dtype: dtype, plan: plan)
    return max(own, fusion * dtype.byteCount + 6 * min(plan.byteCount, fusion * dtype.byteCount))
      + features * dtype.byteCount
  }
}
