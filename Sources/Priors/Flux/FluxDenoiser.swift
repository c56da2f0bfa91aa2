public import Torch

/// FLUX.1 under one prompt, between latents.
public final class FluxDenoiser: Denoiser {
  /// The network.
  public let transformer: FluxTransformer
  private let prompt: FluxPrompt
  private let guidance: Double
  /// Tiles of a plan have one size, and the picture as a whole another at most.
  private var tables: [[Int]: RotaryTable] = [:]

  /// A denoiser.
  /// - Parameters:
  ///   - transformer: The network.
  ///   - prompt: What it made of the text: one row, or as many as the latents have.
  ///   - guidance: How strongly to follow the text: 3.5 is usual. Without effect on FLUX.1-schnell.
  public init(_ transformer: FluxTransformer, prompt: FluxPrompt, guidance: Double = 3.5) {
    self.transformer = transformer
    self.prompt = prompt
    self.guidance = guidance
  }

  /// Predicts the clean latent.
  /// - Parameters:
  ///   - noisy_BCHW: Sides are multiples of ``FluxTransformerConfig/sideMultiple``.
  ///   - level: Its noise level.
  public func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel) throws -> Tensor {
    try predictClean(noisy_BCHW, at: level) { _ in nil }
  }

  /// Predicts the clean latent with an adapter at work.
  /// - Parameters:
  ///   - noisy_BCHW: Sides are multiples of ``FluxTransformerConfig/sideMultiple``.
  ///   - level: Its noise level.
  ///   - control: Answers what the adapter makes of a pass; nil leaves the network alone.
  public func predictClean(
    _ noisy_BCHW: Tensor, at level: NoiseLevel, control: (FluxPass) throws -> (any FluxControl)?
  ) throws -> Tensor {
    let pass = try pass(try Parametrisation.flow.networkInput(noisy_BCHW, at: level), at: level)
    let velocity_BLC = try transformer(pass, prompt: prompt, control: try control(pass))
    let velocity_BCHW = try FluxPacking.unpacked(
      try velocity_BLC.to(.float32), height: noisy_BCHW.size(2), width: noisy_BCHW.size(3))
    return try Parametrisation.flow.clean(from: velocity_BCHW, noisy: noisy_BCHW, at: level)
  }

  private func pass(_ input_BCHW: Tensor, at level: NoiseLevel) throws(TorchError) -> FluxPass {
    let (batch, device) = (input_BCHW.size(0), input_BCHW.device)
    return FluxPass(
      picture_BLC: try FluxPacking.packed(input_BCHW),
      timestep_B: try .full([batch], level.noise / level.total, device: device),
      guidance_B: try .full([batch], guidance, device: device),
      positions: try positions(
        rows: input_BCHW.size(2) / FluxPacking.side, columns: input_BCHW.size(3) / FluxPacking.side, device))
  }

  private func positions(rows: Int, columns: Int, _ device: Device) throws(TorchError) -> RotaryTable {
    if let known = tables[[rows, columns]] { return known }
    let table = try transformer.config.positions(
      textLength: prompt.length, rows: rows, columns: columns, device: device)
    tables[[rows, columns]] = table
    return table
  }
}
