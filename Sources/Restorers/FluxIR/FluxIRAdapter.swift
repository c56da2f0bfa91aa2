public import Checkpoints
internal import Layers
public import Priors
public import Torch

/// FluxIR (arXiv 2504.15159, CVPR 2025): one double block looks at the low-quality latent beside the noisy one, and for each
/// of the transformer's blocks a small layer makes of its two features what is added to the picture's and to the text's
/// tokens behind it.
///
/// The block's text is the adapter's own: learnable embeddings in place of T5's and CLIP's answers.
public struct FluxIRAdapter {
  /// The adapter's sizes.
  public let config: FluxIRConfig
  private let input: Linear  // input
  /// In place of T5's answer, `[1, T, E]`.
  private let text_1TE: Tensor  // theta_t5
  /// In place of CLIP's answer, `[1, P]`.
  private let pooled_1P: Tensor  // theta_clip
  private let block: JointBlock  // block
  private let pictureLayers: [ControlLayer]  // se_img
  private let textLayers: [ControlLayer]  // se_txt

  /// What a checkpoint's keys begin with.
  public static let prefix = "fluxir"

  /// Takes the adapter's parameters.
  /// - Parameters:
  ///   - path: Under ``prefix``.
  ///   - config: The adapter's sizes.
  ///   - transformer: Those of the transformer that it is for.
  public init(_ path: ParameterPath, _ config: FluxIRConfig, for transformer: FluxTransformerConfig) throws {
    self.config = config
    let width = transformer.width
    input = try Linear(path / "input", in: transformer.inChannels, out: width, zero: true)
    text_1TE = try path.take("theta_t5", [1, config.textLength, transformer.textWidth], .normal(0.02))
    pooled_1P = try path.take("theta_clip", [1, transformer.pooledTextWidth], .normal(0.02))
    block = try JointBlock(path / "block", transformer.blockLayout)
    pictureLayers = try (0..<transformer.blockCount).map {
      try ControlLayer(path / "se_img" / $0, config, width: width)
    }
    let textCount = config.controlsTextInSingleBlocks ? transformer.blockCount : transformer.doubleCount
    textLayers = try (0..<textCount).map { try ControlLayer(path / "se_txt" / $0, config, width: width) }
  }

  /// The adapter's own text as a transformer sees it, the same in every step and tile.
  /// - Throws: `TorchError`, also when memory runs out.
  public func prompt(in transformer: FluxTransformer) throws(TorchError) -> JointPrompt {
    try transformer.prompt(text_BTE: text_1TE, pooled_BP: pooled_1P)
  }

  /// What the adapter makes of a pass. It sees the noisy latent, so this is done at every step.
  /// - Parameters:
  ///   - pass: What the transformer is given; with ``FluxIRConfig/textLength`` tokens of text.
  ///   - low_BLC: The low-quality picture's latent, packed; a row for each of the pass.
  ///   - prompt: What ``prompt(in:)`` answered.
  ///   - transformer: Whose embeddings the adapter shares.
  ///   - scale: Multiplies everything that is added.
  /// - Returns: What is added behind the transformer's blocks.
  /// - Throws: `TorchError` for shapes that do not fit, or when memory runs out.
  public func control(
    _ pass: FluxPass, low_BLC: Tensor, prompt: JointPrompt, in transformer: FluxTransformer, scale: Double = 1
  ) throws(TorchError) -> any FluxControl {
    guard low_BLC.shape == pass.picture_BLC.shape else {
      throw TorchError(
        .argument,
        "FluxIR was given a low-quality latent of tokens \(low_BLC.shape) beside a noisy one of \(pass.picture_BLC.shape)"
      )
    }
    guard pass.positions.length == config.textLength + low_BLC.size(1) else {
      throw TorchError(
        .argument,
        "FluxIR's text has \(config.textLength) tokens, and the transformer was told one of "
          + "\(pass.positions.length - low_BLC.size(1)): encode prompts with \(config.textLength)")
    }
    let rows = low_BLC.size(0)
    let picture_BLD = try transformer.tokens(pass.picture_BLC) + input(try low_BLC.to(transformer.dtype))
    let text_BTD = try prompt.text_BTD.expanded([rows, config.textLength, prompt.text_BTD.size(2)])
    let activated_BD = try transformer.conditioning(pass, pooled_BD: prompt.pooled_BD)
    let features = try recomputedInBackward { () throws(TorchError) in
      try block(picture: picture_BLD, text: text_BTD, activated_BD, positions: pass.positions)
    }
    return FluxIRControl(
      picture_BLD: features.picture_BLD, text_BTD: features.text_BTD, pictureLayers: pictureLayers,
      textLayers: textLayers, scale: scale)
  }
}

/// The features of one pass with the layers that spread them.
private struct FluxIRControl: FluxControl {
  let picture_BLD: Tensor
  let text_BTD: Tensor
  let pictureLayers: [ControlLayer]
  let textLayers: [ControlLayer]
  let scale: Double

  func picture(behind block: Int) throws(TorchError) -> Tensor? {
    try added(pictureLayers, block, picture_BLD)
  }

  func text(behind block: Int) throws(TorchError) -> Tensor? { try added(textLayers, block, text_BTD) }

  private func added(_ layers: [ControlLayer], _ block: Int, _ feature_BLD: Tensor) throws(TorchError) -> Tensor? {
    guard block < layers.count, scale != 0 else { return nil }
    let answer = try layers[block](feature_BLD)
    return scale == 1 ? answer : try answer * scale
  }
}
