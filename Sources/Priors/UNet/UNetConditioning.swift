public import Torch

/// What the blocks of a U-Net or ControlNet are told besides the time.
///
/// A U-Net and its ControlNet may share one: see ``Context``.
public struct UNetConditioning {
  /// Text tokens; nil for a network without cross-attention.
  public var text: Context?
  /// Tokens of a picture, for a network with image transformers (``UNetConfig/imageCrossAttentionWidth``).
  public var image: Context?
  /// SDXL's pooled text and sizes, which join the time.
  public var added: AddedConditioning?
  /// StableSR's structure features, one map a level, finest first, for a network with structure layers
  /// (``UNetConfig/structureChannels``).
  public var structure: [Tensor]?

  /// What a network of the given kind needs, and nil for the rest.
  public init(
    text: Context? = nil, image: Context? = nil, added: AddedConditioning? = nil, structure: [Tensor]? = nil
  ) {
    self.text = text
    self.image = image
    self.added = added
    self.structure = structure
  }

  /// The structure features of a level; nil where there are none at all.
  func structure(_ level: Int) throws(TorchError) -> Tensor? {
    guard let structure else { return nil }
    guard structure.indices.contains(level) else {
      throw TorchError(
        .argument, "a U-Net's level \(level) was given no structure features: there are \(structure.count) maps")
    }
    return structure[level]
  }
}

/// What SDXL's U-Net is told beside the text tokens (`text_time`).
public struct AddedConditioning {
  /// The pooled text, `[B, D]`.
  public let pooledText_BD: Tensor
  /// Original height and width, crop top and left, target height and width, `[B, 6]`, pixels.
  public let sizes_B6: Tensor

  /// Pooled text `[B, D]` and sizes `[B, 6]`.
  public init(pooledText_BD: Tensor, sizes_B6: Tensor) {
    self.pooledText_BD = pooledText_BD
    self.sizes_B6 = sizes_B6
  }
}

extension UNet2DCondition {
  /// One pass over text alone: see ``callAsFunction(_:timestep_B:conditioning:residuals:)``.
  public func callAsFunction(
    _ sample_BCHW: Tensor, timestep_B: Tensor, context: Context? = nil, added: AddedConditioning? = nil,
    residuals: ControlResiduals? = nil
  ) throws(TorchError) -> Tensor {
    try self(
      sample_BCHW, timestep_B: timestep_B, conditioning: UNetConditioning(text: context, added: added),
      residuals: residuals)
  }
}

extension ControlNet {
  /// One pass over text alone: see ``callAsFunction(_:timestep_B:condition:conditioning:scale:guessMode:)``.
  public func callAsFunction(
    _ sample_BCHW: Tensor, timestep_B: Tensor, condition: Tensor, context: Context? = nil,
    added: AddedConditioning? = nil, scale: Double = 1, guessMode: Bool = false
  ) throws(TorchError) -> ControlResiduals {
    try self(
      sample_BCHW, timestep_B: timestep_B, condition: condition,
      conditioning: UNetConditioning(text: context, added: added), scale: scale, guessMode: guessMode)
  }
}
