public import Priors
public import Torch

/// FLUX.1 under the eyes of a FluxIR adapter, during one run.
public struct FluxIRPrior: TextToImagePrior {
  /// It predicts the velocity from picture to noise.
  public let parametrisation = Parametrisation.flow
  private let base: FluxPrior
  private let adapter: FluxIRAdapter
  private let low_BCHW: Tensor
  private let own: JointPrompt
  private let scale: Double

  /// The transformer and the adapter over a low-quality picture.
  /// - Parameters:
  ///   - base: The transformer.
  ///   - adapter: Made for it.
  ///   - low_BCHW: The low-quality picture's latent, the whole canvas: a mean, not a draw.
  ///   - scale: Multiplies what the adapter adds.
  /// - Throws: `TorchError` when memory runs out.
  public init(_ base: FluxPrior, _ adapter: FluxIRAdapter, low_BCHW: Tensor, scale: Double = 1) throws(TorchError) {
    self.base = base
    self.adapter = adapter
    self.low_BCHW = low_BCHW
    self.scale = scale
    own = try adapter.prompt(in: base.transformer)
  }

  /// The conditioning of several rows.
  public func joined(_ parts: [JointPrompt]) throws -> JointPrompt { try base.joined(parts) }

  /// One pass. The adapter sees the tile's part of the low-quality latent; positions begin at the tile's corner.
  public func predict(
    _ input_BCHW: Tensor, at level: NoiseLevel, _ conditioning: JointPrompt, in tile: Tile
  ) throws -> Tensor {
    let low_BCHW = try low_BCHW.cropped(tile)
      .expanded([input_BCHW.size(0), low_BCHW.size(1), tile.height, tile.width])
    return try base.predict(input_BCHW, at: level, conditioning) { pass in
      guard scale != 0 else { return nil }
      return try adapter.control(
        pass, low_BLC: try FluxPacking.packed(low_BCHW), prompt: own, in: base.transformer, scale: scale)
    }
  }
}
