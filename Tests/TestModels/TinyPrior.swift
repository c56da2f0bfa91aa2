public import Checkpoints
public import Priors
public import Restorers
public import Torch

/// A text-to-image network of a few thousand random weights that restoration adapters can be put into.
public struct TinyPrior {
  /// What kind of network.
  public enum Kind: String, Sendable, CaseIterable {
    /// A U-Net with pooled text and sizes, as SDXL has them.
    case unet
    /// A transformer of joint blocks, as SD 3 has them.
    case transformer
  }

  /// The network's sizes.
  public let backbone: AdapterBackbone
  /// Its weights, none of them zero.
  public let parameters: [String: Tensor]
  /// Channels of its latents.
  public let channels = 4

  /// Draws a network.
  public init(_ kind: Kind, seed: UInt64 = 1) throws {
    switch kind {
    case .unet:
      var config = UNetConfig()
      config.blockOutChannels = [8, 16]
      config.downBlockTypes = ["DownBlock2D", "CrossAttnDownBlock2D"]
      config.upBlockTypes = ["CrossAttnUpBlock2D", "UpBlock2D"]
      config.layersPerBlock = 1
      config.transformerLayersPerBlock = [1, 1]
      config.headCounts = [1, 2]
      config.normGroups = 4
      config.crossAttentionWidth = 12
      config.additionEmbedType = "text_time"
      config.additionTimeEmbedWidth = 4
      config.projectionInputWidth = 34
      backbone = .unet(config)
    case .transformer:
      var config = SD3TransformerConfig()
      (config.inChannels, config.outChannels, config.sampleSize, config.positionSide) = (4, 4, 16, 12)
      (config.layerCount, config.headCount, config.headWidth, config.projectedTextWidth) = (3, 2, 8, 16)
      (config.textWidth, config.pooledTextWidth) = (12, 10)
      backbone = .transformer(config)
    }
    let generator = try Generator(seed: seed)
    var drawn: [String: Tensor] = [:]
    for (key, shape) in try backbone.layout().sorted(by: { $0.key < $1.key }) {
      let isScale = key.contains("norm") && key.hasSuffix("weight") && shape.count == 1
      let fan = shape.dropFirst().reduce(1, *)
      let deviation = shape.count > 1 ? 1 / Double(fan).squareRoot() : 0.1
      drawn[key] = try .randn(shape, generator: generator) * deviation + (isScale ? 1 : 0)
    }
    parameters = drawn
  }

  /// The weights as a source.
  public var source: ParameterDictionary { ParameterDictionary(parameters, name: "a tiny prior") }

  /// Adapters at some of the network's sites, with a LoRA.
  public var adapters: RestorationAdapterConfig {
    switch backbone {
    case .unet:
      RestorationAdapterConfig(
        sites: [.down(0), .down(1), .middle], blockKind: .residual,
        lowRank: LowRankConfig(rank: 2, targets: ["attn1.to_q", "attn1.to_out.0"]))
    case .transformer:
      RestorationAdapterConfig(
        sites: [.block(0), .block(2)], blockKind: .bottleneck,
        lowRank: LowRankConfig(rank: 2, targets: ["attn.to_q", "attn.add_v_proj"]))
    }
  }

  /// The network as a call: a noisy latent `[B, 4, H, W]` and what adapts its features, to its prediction at one time under
  /// one text.
  /// - Parameter source: Its weights; those that were drawn by default.
  public func network(
    _ source: (any ParameterSource)? = nil, dtype: DType? = nil
  ) throws -> (Tensor, (any FeatureAdapter)?) throws -> Tensor {
    let source = source ?? self.source
    switch backbone {
    case .unet(let config):
      let network = try ParameterLoader.load(source, component: "a tiny U-Net", dtype: dtype) {
        try UNet2DCondition($0, config)
      }
      return { noisy_BCHW, adapter in
        let batch = noisy_BCHW.size(0)
        let conditioning = UNetConditioning(
          text: Context(try Self.random([batch, 5, 12], seed: 11)),
          added: AddedConditioning(
            pooledText_BD: try Self.random([batch, 10], seed: 12), sizes_B6: try .full([batch, 6], 64)))
        return try network(
          noisy_BCHW, timestep_B: .full([batch], 400), conditioning: conditioning, adapter: adapter)
      }
    case .transformer(let config):
      let network = try ParameterLoader.load(source, component: "a tiny transformer", dtype: dtype) {
        try SD3Transformer($0, config)
      }
      return { noisy_BCHW, adapter in
        let batch = noisy_BCHW.size(0)
        let prompt = try network.prompt(
          text_BTE: Self.random([batch, 5, 12], seed: 11), pooled_BP: Self.random([batch, 10], seed: 12))
        return try network(noisy_BCHW, timestep_B: .full([batch], 400), prompt: prompt, adapter: adapter)
      }
    }
  }

  /// Standard normal numbers.
  public static func random(_ shape: [Int], seed: UInt64) throws -> Tensor {
    try .randn(shape, generator: Generator(seed: seed))
  }
}
