public import Checkpoints
internal import Foundation
public import Priors

/// What restoration adapters are made of (Liang et al. 2025, "Diffusion Restoration Adapter for Real-World Image
/// Restoration").
///
/// The paper gives totals, 157 M numbers for SDXL and 80 M for SD 3, and not the interior. The configurations here are
/// Burnish's own; ``x1`` and ``m1`` come within 0.7 and 0.3 per cent of those totals.
public struct RestorationAdapterConfig: Sendable, Hashable, Codable {
  /// The interior of a restoration adapter's two blocks.
  public enum BlockKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Norm, SiLU, convolution, twice: ``x1``.
    case residual
    /// A convolution, ReLU and a 1×1 convolution, as T2I-Adapter has them: ``x2``.
    case t2i
    /// A layer norm and a 3×3 convolution between two linear layers, narrow inside: ``m1``.
    case bottleneck
  }

  /// How the network's embedding of time enters an adapter.
  public enum EmbeddingOrder: String, Sendable, Hashable, Codable, CaseIterable {
    /// A linear layer, then SiLU: as the paper says.
    case linearFirst = "linear_silu"
    /// SiLU, then a linear layer: as in a U-Net's own residual blocks.
    case activationFirst = "silu_linear"
  }

  /// Where adapters stand, in the order of the network.
  public var sites: [FeatureSite]
  /// The interior of their blocks.
  public var blockKind: BlockKind
  /// Channels inside of a ``BlockKind/bottleneck``.
  public var bottleneckWidth = 384
  /// Whether norms without parameters stand before the sum, and half of what each block adds is taken: for trainings that
  /// blow up. Checkpoints stay compatible.
  public var isStabilised = false
  /// How the embedding of time enters.
  public var embeddingOrder = EmbeddingOrder.linearFirst
  /// The LoRA that lets the prior itself shift ("diffusion adapter").
  public var lowRank: LowRankConfig

  enum CodingKeys: String, CodingKey {
    case sites
    case blockKind = "rab_kind"
    case bottleneckWidth = "rab_hidden"
    case isStabilised = "ra_stabilize"
    case embeddingOrder = "ra_emb_order"
    case lowRank = "lora"
  }

  /// - Parameters:
  ///   - sites: Where adapters stand, in the order of the network.
  ///   - blockKind: The interior of their blocks.
  ///   - lowRank: The LoRA that lets the prior itself shift.
  public init(sites: [FeatureSite], blockKind: BlockKind, lowRank: LowRankConfig) {
    self.sites = sites
    self.blockKind = blockKind
    self.lowRank = lowRank
  }

  /// Reads the JSON of a checkpoint or recipe. `sites`, `rab_kind` and `lora` are needed.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    sites = try values.decode([FeatureSite].self, forKey: .sites)
    blockKind = try values.decode(BlockKind.self, forKey: .blockKind)
    lowRank = try values.decode(LowRankConfig.self, forKey: .lowRank)
    bottleneckWidth = try values.decodeIfPresent(Int.self, forKey: .bottleneckWidth) ?? bottleneckWidth
    isStabilised = try values.decodeIfPresent(Bool.self, forKey: .isStabilised) ?? isStabilised
    embeddingOrder = try values.decodeIfPresent(EmbeddingOrder.self, forKey: .embeddingOrder) ?? embeddingOrder
  }

  /// Throws unless adapters of these settings can be put into a network.
  /// - Throws: `CheckpointError` that names the setting and what it may be.
  public func check(for backbone: AdapterBackbone) throws(CheckpointError) {
    func refuse(_ reason: String) -> CheckpointError {
      CheckpointError(.mismatch, "restoration adapters for '\(backbone.id)': \(reason)")
    }
    let known = backbone.sites
    guard let first = known.first, let last = known.last else { throw refuse("the network has no blocks") }
    guard !sites.isEmpty else { throw refuse("'sites' is empty; name at least one") }
    for site in sites where !known.contains(site) {
      throw refuse("the network has no site '\(site)'; its sites go from '\(first)' to '\(last)'")
    }
    let places = sites.compactMap { known.firstIndex(of: $0) }
    guard zip(places, places.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw refuse(
        "'sites' are \(sites.map(\.description).joined(separator: ", ")); name each once, in the order of the network")
    }
    guard (1...65536).contains(bottleneckWidth) else {
      throw refuse("'rab_hidden' is \(bottleneckWidth); it goes from 1 to 65536")
    }
  }
}

extension RestorationAdapterConfig {
  /// For SDXL, 158,057,280 numbers: plain residual blocks at the encoder's three levels and the middle, LoRA of rank 16 in
  /// every self-attention. The same sites serve SD 2.x.
  public static let x1 = RestorationAdapterConfig(
    sites: [.down(0), .down(1), .down(2), .middle], blockKind: .residual,
    lowRank: LowRankConfig(rank: 16, targets: selfAttention))

  /// For SDXL, 158,761,600 numbers: T2I-Adapter's small blocks on the way up too, LoRA of rank 32.
  public static let x2 = RestorationAdapterConfig(
    sites: [.down(0), .down(1), .down(2), .middle, .up(0), .up(1), .up(2)], blockKind: .t2i,
    lowRank: LowRankConfig(rank: 32, targets: selfAttention))

  /// For SD 3 medium, 79,767,552 numbers: bottlenecks behind every fourth block, LoRA of rank 16 in every joint attention.
  public static let m1 = RestorationAdapterConfig(
    sites: [0, 4, 8, 12, 16, 20].map { .block($0) }, blockKind: .bottleneck,
    lowRank: LowRankConfig(rank: 16, targets: jointAttention))

  /// The configuration for a network: ``x1`` for U-Nets, ``m1`` for transformers, whose second attentions (SD 3.5 medium)
  /// get LoRA too.
  public static func standard(for backbone: AdapterBackbone) -> RestorationAdapterConfig {
    guard case .transformer(let config) = backbone else { return x1 }
    var standard = m1
    if !config.dualAttentionLayers.isEmpty { standard.lowRank.targets += projections.map { "attn2." + $0 } }
    return standard
  }

  private static let projections = ["to_q", "to_k", "to_v", "to_out.0"]
  /// Never `attn2`: that is the text's.
  private static let selfAttention = projections.map { "attn1." + $0 }
  private static let jointAttention =
    (projections + ["add_q_proj", "add_k_proj", "add_v_proj", "to_add_out"]).map { "attn." + $0 }
}
