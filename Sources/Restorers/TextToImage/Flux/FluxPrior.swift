public import Priors
public import Torch

/// The transformer of FLUX.1.
public final class FluxPrior: TextToImagePrior {
  /// The network.
  public let transformer: FluxTransformer
  /// It predicts the velocity from picture to noise.
  public let parametrisation = Parametrisation.flow
  /// How strongly the network is told to follow the text; without effect on FLUX.1-schnell.
  public let guidance: Double
  /// Positions by text length, rows and columns: tiles of a plan have one size, and the whole picture another at most.
  private var tables: [[Int]: RotaryTable] = [:]

  /// A network.
  /// - Parameters:
  ///   - transformer: The network.
  ///   - guidance: 1 and more; 3.5 is usual.
  public init(_ transformer: FluxTransformer, guidance: Double = 3.5) {
    self.transformer = transformer
    self.guidance = guidance
  }

  /// The conditioning of several rows.
  public func joined(_ parts: [JointPrompt]) throws -> JointPrompt { try JointPrompt(rows: parts) }

  /// One pass. Positions are counted from the tile's own corner, as those of a picture of its size.
  public func predict(
    _ input_BCHW: Tensor, at level: NoiseLevel, _ conditioning: JointPrompt, in tile: Tile
  ) throws -> Tensor {
    try predict(input_BCHW, at: level, conditioning) { _ in nil }
  }

  /// One pass with an adapter at work.
  /// - Parameters:
  ///   - input_BCHW: The noisy latent. Its sides are multiples of `FluxTransformerConfig.sideMultiple`.
  ///   - level: Its noise level.
  ///   - conditioning: A row for each of the latent's.
  ///   - control: Answers what the adapter makes of the pass; nil leaves the network alone.
  /// - Returns: The velocity, BCHW float32.
  /// - Throws: What `control` throws; what reading streamed blocks throws; `TorchError`, also when memory runs out.
  public func predict(
    _ input_BCHW: Tensor, at level: NoiseLevel, _ conditioning: JointPrompt,
    control: (FluxPass) throws -> (any FluxControl)?
  ) throws -> Tensor {
    let (rows, device) = (input_BCHW.size(0), input_BCHW.device)
    let pass = FluxPass(
      picture_BLC: try FluxPacking.packed(input_BCHW),
      timestep_B: try .full([rows], level.noise / level.total, device: device),
      guidance_B: try .full([rows], guidance, device: device),
      positions: try positions(of: input_BCHW, textLength: conditioning.length))
    let velocity_BLC = try transformer(pass, prompt: conditioning, control: try control(pass))
    return try FluxPacking.unpacked(
      try velocity_BLC.to(.float32), height: input_BCHW.size(2), width: input_BCHW.size(3))
  }

  private func positions(of latent_BCHW: Tensor, textLength: Int) throws(TorchError) -> RotaryTable {
    let (rows, columns) = (latent_BCHW.size(2) / FluxPacking.side, latent_BCHW.size(3) / FluxPacking.side)
    let key = [textLength, rows, columns]
    if let known = tables[key] { return known }
    let table = try transformer.config.positions(
      textLength: textLength, rows: rows, columns: columns, device: latent_BCHW.device)
    tables[key] = table
    return table
  }
}
