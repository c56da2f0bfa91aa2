public import Priors
public import Torch

/// A text-to-image network during one run: under one prompt, or under a negative prompt and a prompt for
/// ``GuidedDenoiser``.
public struct PromptedDenoiser<Prior: TextToImagePrior>: Denoiser {
  private let prior: Prior
  /// One for each pass: all rows together, or row by row.
  private let passes: [Prior.Conditioning]
  private let promptCount: Int

  /// A denoiser of latents with as many equal parts of rows as there are prompts.
  /// - Parameters:
  ///   - prior: The network.
  ///   - prompts: One, or the negative prompt and the prompt: of a row each, or of a row for each picture.
  ///   - passes: Whether the rows of a guided pair go through the network as one batch.
  /// - Throws: What joining prompts throws.
  public init(_ prior: Prior, prompts: [Prior.Conditioning], passes: GuidancePasses) throws {
    self.prior = prior
    promptCount = prompts.count
    switch passes {
    case .together: self.passes = [try prior.joined(prompts)]
    case .inTurn: self.passes = prompts
    }
  }

  /// Predicts the clean latent of the whole canvas.
  public func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel) throws -> Tensor {
    try predictClean(
      noisy_BCHW, at: level, in: Tile(top: 0, left: 0, height: noisy_BCHW.size(2), width: noisy_BCHW.size(3)))
  }

  /// Predicts the clean latent of a part of the canvas.
  /// - Parameters:
  ///   - noisy_BCHW: The crop, once for each prompt.
  ///   - level: Its noise level.
  ///   - tile: Where it lies, in latent pixels.
  /// - Throws: `RestorationError` for rows that cannot be shared out; `TorchError`, also when memory runs out.
  public func predictClean(_ noisy_BCHW: Tensor, at level: NoiseLevel, in tile: Tile) throws -> Tensor {
    guard promptCount > 0, noisy_BCHW.size(0).isMultiple(of: promptCount) else {
      throw RestorationError(
        .argument, "a latent of \(noisy_BCHW.size(0)) rows was to be denoised under \(promptCount) prompts")
    }
    let parametrisation = prior.parametrisation
    let input_BCHW = try parametrisation.networkInput(noisy_BCHW, at: level)
    let outputs = try zip(input_BCHW.chunks(passes.count, axis: 0), passes).map { rows_BCHW, conditioning in
      try prior.predict(rows_BCHW, at: level, conditioning, in: tile)
    }
    let output_BCHW = outputs.count == 1 ? outputs[0] : try Tensor.concatenated(outputs, axis: 0)
    return try parametrisation.clean(from: output_BCHW, noisy: noisy_BCHW, at: level)
  }
}
