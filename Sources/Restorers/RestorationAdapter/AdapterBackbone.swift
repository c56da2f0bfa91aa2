public import Checkpoints
public import Priors

/// A network that restoration adapters are put into: what they must know of it.
public enum AdapterBackbone: Sendable, Equatable {
  /// The U-Net of SD 2.x or SDXL.
  case unet(UNetConfig)
  /// The transformer of SD 3 or 3.5.
  case transformer(SD3TransformerConfig)

  /// What checkpoints of adapters call the network: its published name, or its sizes where it has none.
  public var id: String {
    switch self {
    case .unet(let config):
      switch (config.blockOutChannels, config.crossAttentionWidth) {
      case ([320, 640, 1280], 2048): return "sdxl"
      case ([320, 640, 1280, 1280], 1024): return "sd2"
      default:
        return "unet-\(config.blockOutChannels.map { String($0) }.joined(separator: "-"))-\(config.crossAttentionWidth)"
      }
    case .transformer(let config):
      switch (config.layerCount, config.width, config.dualAttentionLayers.isEmpty) {
      case (24, 1536, true): return "sd3-medium"
      case (24, 1536, false): return "sd3.5-medium"
      case (38, 2432, _): return "sd3.5-large"
      default: return "mmdit-\(config.layerCount)-\(config.width)"
      }
    }
  }

  /// What keys of LoRA files begin with, without the dot.
  public var lowRankPrefix: String {
    switch self {
    case .unet: "unet"
    case .transformer: "transformer"
    }
  }

  /// What LoRA files may call the network's modules.
  /// - Parameter weights: The keys of its parameters, as its modules ask for them.
  public func lowRankNames(_ weights: Set<String>) -> LowRankNames {
    switch self {
    case .unet(let config): LowRankNames(weights).including(config.latentDiffusionKeys)
    case .transformer(let config): LowRankNames(weights).including(config.originalKeys.origins)
    }
  }

  /// Sizes of the network's parameters by key. No memory is taken for them.
  /// - Throws: `CheckpointError` or `DecodingError` for sizes that make no network.
  public func layout() throws -> [String: [Int]] {
    let recorder = ParameterRecorder()
    let path = ParameterLoader(recorder).root
    switch self {
    case .unet(let config): _ = try UNet2DCondition(path, config)
    case .transformer(let config): _ = try SD3Transformer(path, config)
    }
    return recorder.shapes
  }

  /// Channels of the low-quality picture as the first adapter sees it: those of the latent, times the pixels of a patch.
  var lowWidth: Int {
    switch self {
    case .unet(let config): config.inChannels
    case .transformer(let config): config.inChannels * config.patchSize * config.patchSize
    }
  }

  /// Pixels of the latent to one of the features at the finest sites, along a side.
  var patchSize: Int {
    switch self {
    case .unet: 1
    case .transformer(let config): config.patchSize
    }
  }

  /// Width of the network's embedding of time.
  var embeddingWidth: Int {
    switch self {
    case .unet(let config): config.timeWidth
    case .transformer(let config): config.width
    }
  }

  /// Groups of group norms. A transformer has none of its own; adapters take 32, or what of it divides the width.
  var normGroups: Int {
    switch self {
    case .unet(let config): return config.normGroups
    case .transformer(let config):
      return (1...32).last { 32 % $0 == 0 && config.width % $0 == 0 } ?? 1
    }
  }

  /// Every site of the network, in the order in which it comes to them.
  var sites: [FeatureSite] {
    switch self {
    case .unet(let config):
      let levels = config.blockOutChannels.indices
      return levels.map { .down($0) } + [.middle] + levels.map { .up($0) }
    case .transformer(let config): return (0..<config.layerCount).map { .block($0) }
    }
  }

  /// Width of the features at a site of the network.
  func width(at site: FeatureSite) -> Int {
    switch self {
    case .unet(let config): config.blockOutChannels[level(of: site)]
    case .transformer(let config): config.width
    }
  }

  /// How often a U-Net has halved the features at a site.
  func level(of site: FeatureSite) -> Int {
    guard case .unet(let config) = self else { return 0 }
    let last = config.blockOutChannels.count - 1
    return switch site {
    case .down(let level): level
    case .up(let index): last - index
    case .middle, .block: last
    }
  }
}
