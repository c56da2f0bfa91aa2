internal import Foundation
public import Torch

/// The sizes of an `AutoencoderKL`, in the form of the published `config.json`.
public struct AutoencoderKLConfig: Sendable, Codable {
  /// Channels of the picture that comes in.
  public var inChannels = 3
  /// Channels of the picture that goes out.
  public var outChannels = 3
  /// Width of each level, finest first.
  public var blockOutChannels = [128, 256, 512, 512]
  /// Residual blocks of a level in the encoder; the decoder has one more.
  public var layersPerBlock = 2
  /// Channels of the latent.
  public var latentChannels = 4
  /// Groups of every group norm.
  public var normGroups = 32
  /// What latents are multiplied by after ``shiftFactor`` was taken off, so that their variance is about one.
  public var scalingFactor = 0.18215
  /// The mean that is taken off latents; SD 3 and Flux have one.
  public var shiftFactor = 0.0
  /// The weights overflow in float16: the published SDXL and SD 3 autoencoders give black pictures in it.
  public var forceUpcast = false
  /// A 1×1 convolution after the encoder. SD 3 and Flux have none.
  public var usesQuantConv = true
  /// A 1×1 convolution before the decoder. SD 3 and Flux have none.
  public var usesPostQuantConv = true
  /// Attention over the whole latent between the two middle blocks.
  public var usesMidAttention = true
  /// `DownEncoderBlock2D` for each level; nothing else is known.
  public var downBlockTypes: [String]?
  /// `UpDecoderBlock2D` for each level; nothing else is known.
  public var upBlockTypes: [String]?
  /// The activation, `silu`; nothing else is known.
  public var activation: String?
  /// Means of each latent channel, of a kind of autoencoder that is not this one: must be absent.
  public var latentMeans: [Double]?

  enum CodingKeys: String, CodingKey {
    case inChannels = "in_channels"
    case outChannels = "out_channels"
    case blockOutChannels = "block_out_channels"
    case layersPerBlock = "layers_per_block"
    case latentChannels = "latent_channels"
    case normGroups = "norm_num_groups"
    case scalingFactor = "scaling_factor"
    case shiftFactor = "shift_factor"
    case forceUpcast = "force_upcast"
    case usesQuantConv = "use_quant_conv"
    case usesPostQuantConv = "use_post_quant_conv"
    case usesMidAttention = "mid_block_add_attention"
    case downBlockTypes = "down_block_types"
    case upBlockTypes = "up_block_types"
    case activation = "act_fn"
    case latentMeans = "latents_mean"
  }

  /// The sizes of the SD 2.x autoencoder.
  public init() {}

  /// Reads the published form. Fields that are absent or null keep SD 2.x's values.
  /// - Throws: `DecodingError` for a field of another type, and for a kind of autoencoder that is not known.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into field: inout Value) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
    }
    try read(.inChannels, into: &inChannels)
    try read(.outChannels, into: &outChannels)
    try read(.blockOutChannels, into: &blockOutChannels)
    try read(.layersPerBlock, into: &layersPerBlock)
    try read(.latentChannels, into: &latentChannels)
    try read(.normGroups, into: &normGroups)
    try read(.scalingFactor, into: &scalingFactor)
    try read(.shiftFactor, into: &shiftFactor)
    try read(.forceUpcast, into: &forceUpcast)
    try read(.usesQuantConv, into: &usesQuantConv)
    try read(.usesPostQuantConv, into: &usesPostQuantConv)
    try read(.usesMidAttention, into: &usesMidAttention)
    downBlockTypes = try values.decodeIfPresent([String].self, forKey: .downBlockTypes)
    upBlockTypes = try values.decodeIfPresent([String].self, forKey: .upBlockTypes)
    activation = try values.decodeIfPresent(String.self, forKey: .activation)
    latentMeans = try values.decodeIfPresent([Double].self, forKey: .latentMeans)
    try check(decoder.codingPath)
  }

  /// Throws unless the sizes make an autoencoder.
  /// - Parameter path: Where the configuration stands in its file, for messages.
  /// - Throws: `DecodingError` that says which field is wrong.
  public func check(_ path: [any CodingKey] = []) throws {
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
      guard condition else {
        throw DecodingError.dataCorrupted(.init(codingPath: path, debugDescription: message()))
      }
    }
    let levels = blockOutChannels.count
    try require((1...16).contains(levels), "block_out_channels has \(levels) entries")
    try require(
      [inChannels, outChannels, latentChannels, layersPerBlock, normGroups].allSatisfy { $0 > 0 },
      "in_channels, out_channels, latent_channels, layers_per_block and norm_num_groups must be positive")
    for width in blockOutChannels {
      try require(
        width > 0 && width % normGroups == 0, "norm_num_groups \(normGroups) does not divide the width \(width)")
    }
    try require(scalingFactor.isFinite && scalingFactor > 0, "scaling_factor is \(scalingFactor)")
    try require(shiftFactor.isFinite, "shift_factor is \(shiftFactor)")
    for (types, known) in [(downBlockTypes, "DownEncoderBlock2D"), (upBlockTypes, "UpDecoderBlock2D")] {
      guard let types else { continue }
      try require(types.count == levels, "\(types.count) block types for \(levels) levels")
      for type in types { try require(type == known, "unknown block type '\(type)'") }
    }
    try require(activation ?? "silu" == "silu", "unknown act_fn '\(activation ?? "")'")
    try require(latentMeans == nil, "latents_mean belongs to another kind of autoencoder")
  }

  /// Pixels of the picture to one of the latent, along each side.
  public var sideFactor: Int { 1 << (blockOutChannels.count - 1) }

  /// The type to run the network in when `wanted` is asked for: float16 becomes float32 where the weights overflow in it.
  public func computeType(_ wanted: DType) -> DType { wanted == .float16 && forceUpcast ? .float32 : wanted }
}
