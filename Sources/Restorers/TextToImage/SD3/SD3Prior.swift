public import Priors
public import Torch

/// The transformer of Stable Diffusion 3.
public struct SD3Prior: TextToImagePrior {
  /// The network.
  public let transformer: SD3Transformer
  /// It predicts the velocity from picture to noise.
  public let parametrisation = Parametrisation.flow
  /// What changes its features; nil leaves the network as it is.
  public var adapter: TileAdapter?

  /// A network.
  /// - Parameters:
  ///   - transformer: The network.
  ///   - adapter: What changes its features.
  public init(_ transformer: SD3Transformer, adapter: TileAdapter? = nil) {
    self.transformer = transformer
    self.adapter = adapter
  }

  /// The conditioning of several rows.
  public func joined(_ parts: [JointPrompt]) throws -> JointPrompt { try JointPrompt(rows: parts) }

  /// One pass. A tile stands in the middle of the positions, as a picture of its size does.
  public func predict(
    _ input_BCHW: Tensor, at level: NoiseLevel, _ conditioning: JointPrompt, in tile: Tile
  ) throws -> Tensor {
    let timestep_B = try Tensor.full([input_BCHW.size(0)], level.timestep, device: input_BCHW.device)
    return try transformer(
      input_BCHW, timestep_B: timestep_B, prompt: conditioning, adapter: try adapter?(tile)
    ).to(.float32).contiguous()
  }
}
