public import Checkpoints
public import Priors
public import Torch

/// Restoration adapters for a frozen text-to-image network, and the LoRA that was trained with them.
///
/// Keys: `ra.<site>.lq_proj`, `.emb_proj`, `.rab.0`, `.rab.1` and `.out`; LoRA under `unet.` or `transformer.` as PEFT
/// spells it.
public struct RestorationAdapter {
  /// What the adapters are made of.
  public let config: RestorationAdapterConfig
  /// The network that they belong to.
  public let backbone: AdapterBackbone
  /// The prior's LoRA, by the key of the changed weight.
  public let lowRank: [String: [LowRankUpdate]]
  let sites: [FeatureSite: SiteAdapter]
  let dtype: DType

  /// What the adapters' own keys begin with, without the dot.
  static let prefix = "ra"

  /// Takes the parameters of adapters and LoRA.
  /// - Parameters:
  ///   - path: Where the adapters' come from.
  ///   - lowRank: Where the LoRA's come from: the same checkpoint, though its type may be another.
  ///   - config: What the adapters are made of.
  ///   - backbone: The network that they belong to.
  /// - Throws: `CheckpointError` for settings that do not go with the network; what the sources throw.
  public init(
    _ path: ParameterPath, lowRank: ParameterPath, _ config: RestorationAdapterConfig, for backbone: AdapterBackbone
  ) throws {
    try self.init(
      config, backbone, sites: Self.sites(path, config, backbone), lowRank: Self.lowRank(lowRank, config, backbone))
  }

  private init(
    _ config: RestorationAdapterConfig, _ backbone: AdapterBackbone, sites: [FeatureSite: SiteAdapter],
    lowRank: [String: [LowRankUpdate]]
  ) {
    self.config = config
    self.backbone = backbone
    self.sites = sites
    self.lowRank = lowRank
    dtype = sites.values.first?.dtype ?? .float32
  }

  /// Loads adapters and LoRA.
  /// - Parameters:
  ///   - source: Every parameter of both, and no other.
  ///   - config: What the adapters are made of.
  ///   - backbone: The network that they belong to.
  ///   - dtype: The type that the adapters compute in; nil keeps the source's, so that leaves stay leaves. The LoRA keeps
  ///     its own: it is merged in float32.
  ///   - device: Where the parameters shall be.
  /// - Throws: `CheckpointError` for settings that do not go with the network, and for missing, unexpected and
  ///   mismatched keys.
  public static func load(
    _ source: any ParameterSource, _ config: RestorationAdapterConfig, for backbone: AdapterBackbone,
    dtype: DType? = nil, device: Device = .cpu
  ) throws -> RestorationAdapter {
    let sites = try ParameterLoader.load(
      source, component: "restoration adapters for '\(backbone.id)'", dtype: dtype, device: device,
      ignoring: { $0.hasPrefix(backbone.lowRankPrefix + ".") }
    ) { try Self.sites($0, config, backbone) }
    let lowRank = try ParameterLoader.load(
      source, component: "the LoRA of restoration adapters for '\(backbone.id)'", device: device,
      ignoring: { $0.hasPrefix(prefix + ".") }
    ) { try Self.lowRank($0, config, backbone) }
    return RestorationAdapter(config, backbone, sites: sites, lowRank: lowRank)
  }

  /// New parameters by the keys of a checkpoint, float32: adapters and LoRA whose outputs are zero, so that the prior is
  /// unchanged.
  /// - Parameter seed: What fixes the draws.
  /// - Throws: `CheckpointError` for settings that do not go with the network.
  public static func newParameters(
    _ config: RestorationAdapterConfig, for backbone: AdapterBackbone, seed: UInt64
  ) throws -> [String: Tensor] {
    let initialiser = try ParameterInitialiser(seed: seed)
    let path = ParameterLoader(initialiser).root
    _ = try RestorationAdapter(path, lowRank: path, config, for: backbone)
    return initialiser.drawn
  }

  /// The prior's weights with the LoRA merged in: for inference.
  /// - Parameters:
  ///   - prior: The prior's weights, under the names that its modules ask for.
  ///   - strength: 1 is as trained, 0 none.
  /// - Throws: `CheckpointError` when the prior lacks a weight that is to be changed.
  public func merged(into prior: any ParameterSource, strength: Double = 1) throws(CheckpointError) -> MergedSource {
    try MergedSource(prior, strength == 0 ? [:] : lowRank.scaled(by: strength))
  }

  /// The prior's weights with the LoRA beside them: for training.
  /// - Parameter prior: The prior's weights, under the names that its modules ask for.
  /// - Throws: `CheckpointError` when the prior lacks a weight that is to be changed.
  public func beside(_ prior: any ParameterSource) throws(CheckpointError) -> BranchedSource {
    try BranchedSource(prior, lowRank)
  }

  /// What a network is given in a call, so that it sees the low-quality picture.
  /// - Parameters:
  ///   - low_BCHW: The low-quality picture's latent, as the prior's own latents are scaled; of the size of the noisy one. A
  ///     tile sees its own crop. Where the noisy latent has more rows (under several prompts), it is repeated.
  ///   - scale: Factor of what the adapters add (`ra_scale`). With 0 the prior answers as if there were none.
  public func looking(at low_BCHW: Tensor, scale: Double = 1) -> any FeatureAdapter {
    RestorationGuide(adapter: self, low_BCHW: low_BCHW, scale: scale)
  }

  private static func sites(
    _ path: ParameterPath, _ config: RestorationAdapterConfig, _ backbone: AdapterBackbone
  ) throws -> [FeatureSite: SiteAdapter] {
    try config.check(for: backbone)
    var sites: [FeatureSite: SiteAdapter] = [:]
    var lowWidth = backbone.lowWidth
    for site in config.sites {
      let width = backbone.width(at: site)
      sites[site] = try SiteAdapter(
        path / prefix / site.description, config, lowWidth: lowWidth, width: width,
        embeddingWidth: backbone.embeddingWidth, groups: backbone.normGroups)
      lowWidth = width
    }
    return sites
  }

  private static func lowRank(
    _ path: ParameterPath, _ config: RestorationAdapterConfig, _ backbone: AdapterBackbone
  ) throws -> [String: [LowRankUpdate]] {
    guard config.lowRank.rank != 0 else { return [:] }
    return try config.lowRank.updates(path / backbone.lowRankPrefix, layout: backbone.layout())
  }
}
