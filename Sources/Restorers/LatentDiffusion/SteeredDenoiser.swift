public import Priors
public import Torch

/// The networks of SeeSR and AddSR during one run, with what does not change from step to step.
///
/// Keys and values of all tokens are made once, the picture's embedding once a tile, until ``look(at:imageTokens_BLD:)``
/// renews what is looked at.
public final class SteeredDenoiser: Denoiser {
  private let networks: SteeredUNet
  private let parametrisation: Parametrisation
  private let factor: Int
  private let controlScale: Double
  /// One for each pass: all rows together, or row by row.
  private let texts: [Context]
  private let rows: Int
  private var image: Context
  private var picture_BCHW: Tensor
  private var embeddings: [Tile: Tensor] = [:]

  /// A denoiser of latents with one row for each prompt.
  /// - Parameters:
  ///   - networks: The networks.
  ///   - conditions: What they look at.
  ///   - parametrisation: What they predict.
  ///   - factor: Pixels of the picture to one of the latent.
  ///   - isGuided: Two rows, the first under the negative prompt, for ``GuidedDenoiser``; else one under the prompt.
  ///   - controlScale: Factor of what the ControlNet adds (`conditioning_scale`).
  ///   - passes: Whether the rows of a guided pair go through the networks as one batch; nil suits the device.
  /// - Throws: `RestorationError` without a negative prompt to guide by; `TorchError`.
  public init(
    _ networks: SteeredUNet, _ conditions: SteeredConditions, parametrisation: Parametrisation, factor: Int,
    isGuided: Bool, controlScale: Double = 1, passes: GuidancePasses? = nil
  ) throws {
    self.networks = networks
    self.parametrisation = parametrisation
    self.factor = factor
    self.controlScale = controlScale
    picture_BCHW = conditions.picture_BCHW
    var prompts = [conditions.prompt_BLD]
    if isGuided {
      guard let negative = conditions.negativePrompt_BLD else {
        throw RestorationError(.argument, "guidance was asked for without a negative prompt; an empty text is one too")
      }
      prompts.insert(negative, at: 0)
    }
    switch passes ?? GuidancePasses.standard(for: picture_BCHW.device) {
    case .together:
      rows = prompts.count
      texts = [Context(try .concatenated(prompts, axis: 0))]
    case .inTurn:
      rows = 1
      texts = prompts.map { Context($0) }
    }
    image = try Self.context(conditions.imageTokens_BLD, rows: rows)
  }

  /// Renews what the ControlNet and the image transformers see; the text stays.
  /// - Parameters:
  ///   - picture_BCHW: `[1, 3, H, W]`, 0…1, of the size of the first one.
  ///   - imageTokens_BLD: The tagger's tokens of it.
  public func look(at picture_BCHW: Tensor, imageTokens_BLD: Tensor) throws {
    self.picture_BCHW = picture_BCHW
    image = try Self.context(imageTokens_BLD, rows: rows)
    embeddings = [:]
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
    let condition = try embedding(tile)
    let input_BCHW = try parametrisation.networkInput(noisy_BCHW, at: level)
    let outputs = try texts.enumerated().map { pass, text in
      try networks.predict(
        input_BCHW.narrowed(0, from: pass * rows, length: rows), at: level, condition: condition,
        conditioning: UNetConditioning(text: text, image: image), controlScale: controlScale)
    }
    let output_BCHW = outputs.count == 1 ? outputs[0] : try Tensor.concatenated(outputs, axis: 0)
    return try parametrisation.clean(from: output_BCHW, noisy: noisy_BCHW, at: level)
  }

  private func embedding(_ tile: Tile) throws -> Tensor {
    if let known = embeddings[tile] { return known }
    let made = try networks.controlNet.embed(picture_BCHW.cropped(tile.scaled(by: factor)))
    embeddings[tile] = made
    return made
  }

  /// The same tokens for every row of a pass: prompts differ in text only.
  private static func context(_ tokens_BLD: Tensor, rows: Int) throws -> Context {
    Context(rows == 1 ? tokens_BLD : try tokens_BLD.expanded([rows, tokens_BLD.size(1), tokens_BLD.size(2)]))
  }
}
