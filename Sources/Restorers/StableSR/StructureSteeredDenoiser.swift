public import Priors
public import Torch

/// StableSR's networks during one run, with what does not change from step to step: the low-quality picture's latent, and
/// keys and values of the text.
///
/// The encoder is told the time, so its features are made anew for each tile and step; both prompts of a guided step
/// share them.
public final class StructureSteeredDenoiser: Denoiser {
  private let networks: StructureSteeredUNet
  private let low_BCHW: Tensor
  private let parametrisation: Parametrisation
  /// One for each pass: all rows together, or row by row.
  private let texts: [Context]
  private let rows: Int

  /// A denoiser of latents with one row for each prompt.
  /// - Parameters:
  ///   - networks: The networks.
  ///   - low_BCHW: The low-quality picture's latent, `[1, C, H, W]`.
  ///   - prompts_BLD: Text tokens, `[1, L, D]` each: one, or for ``GuidedDenoiser`` the negative prompt and the prompt.
  ///   - parametrisation: What the U-Net predicts.
  ///   - passes: Whether the rows of a guided pair go through the U-Net as one batch; nil suits the device.
  /// - Throws: `TorchError`.
  public init(
    _ networks: StructureSteeredUNet, low_BCHW: Tensor, prompts_BLD: [Tensor], parametrisation: Parametrisation,
    passes: GuidancePasses? = nil
  ) throws(TorchError) {
    self.networks = networks
    self.low_BCHW = low_BCHW
    self.parametrisation = parametrisation
    switch passes ?? GuidancePasses.standard(for: low_BCHW.device) {
    case .together:
      rows = prompts_BLD.count
      texts = [Context(try .concatenated(prompts_BLD, axis: 0))]
    case .inTurn:
      rows = 1
      texts = prompts_BLD.map { Context($0) }
    }
  }

  /// Predicts the clean latent of the whole canvas.
  public func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel) throws -> Tensor {
    try predictClean(
      noisy_BCHW, at: level, in: Tile(top: 0, left: 0, height: noisy_BCHW.size(2), width: noisy_BCHW.size(3)))
  }

  /// Predicts the clean latent of a part of the canvas.
  /// - Parameters:
  ///   - noisy_BCHW: The crop, one row for each prompt.
  ///   - level: Its noise level.
  ///   - tile: Where it lies, in latent pixels.
  /// - Throws: `RestorationError` for another number of rows; `TorchError`, also when memory runs out.
  public func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel, in tile: Tile) throws -> Tensor {
    guard noisy_BCHW.size(0) == rows * texts.count else {
      throw RestorationError(
        .argument, "a latent of \(noisy_BCHW.size(0)) rows was to be denoised under \(rows * texts.count) prompts")
    }
    let structure = try networks.structure(try low_BCHW.cropped(tile), at: level).map { map throws(TorchError) in
      rows == 1 ? map : try map.expanded([rows, map.size(1), map.size(2), map.size(3)])
    }
    let input_BCHW = try parametrisation.networkInput(noisy_BCHW, at: level)
    let outputs = try texts.enumerated().map { pass, text in
      try networks.predict(
        input_BCHW.narrowed(0, from: pass * rows, length: rows), at: level,
        conditioning: UNetConditioning(text: text, structure: structure))
    }
    let output_BCHW = outputs.count == 1 ? outputs[0] : try Tensor.concatenated(outputs, axis: 0)
    return try parametrisation.clean(from: output_BCHW, noisy: noisy_BCHW, at: level)
  }
}
