public import Checkpoints
internal import Layers
public import Torch

/// Multi-scale image quality transformer (Ke et al. 2021): patches of a picture at its own and at smaller sizes, in one
/// sequence. More is better; with KonIQ-10k's checkpoint about 0 … 100.
///
/// As pyiqa has it: pictures are made smaller by PyTorch's bicubic (a = -0.75) without antialiasing, where the authors'
/// program uses a Gaussian; scores differ by up to 2 %.
public struct MUSIQ: NoReferenceMetric {
  /// Whose judgements a checkpoint learned.
  public enum Variant: String, Sendable, CaseIterable {
    /// KonIQ-10k: what papers report.
    case koniq
    /// SPAQ.
    case spaq
    /// PaQ-2-PiQ.
    case paq2piq
    /// AVA: grades 1 … 10.
    case ava
  }

  /// `musiq-koniq` and the like.
  public var name: String { "musiq-" + variant.rawValue }
  /// More is better.
  public var higherIsBetter: Bool { true }
  /// The network's sizes.
  public let config: MUSIQConfig
  private let variant: Variant
  private let stem: PatchStem
  private let positions_GD: Tensor  // transformer_encoder.posembed_input.position_emb
  private let scales_SD: Tensor  // transformer_encoder.scaleembed_input.scale_emb
  private let classToken: Tensor  // transformer_encoder.cls
  private let blocks: [EncoderBlock]  // transformer_encoder.transformer.encoderblock_N
  private let finalNorm: LayerNorm  // transformer_encoder.encoder_norm
  private let head: Linear  // head, or head.0 where there are several grades
  private let device: Device

  /// Takes the parameters under pyiqa's names.
  /// - Parameters:
  ///   - variant: Whose judgements; it only names the metric.
  ///   - config: The network's sizes.
  ///   - device: Where the parameters are, and where the metric is computed.
  public init(
    _ path: ParameterPath, _ config: MUSIQConfig = .init(), variant: Variant = .koniq, device: Device = .cpu
  ) throws {
    self.config = config
    self.variant = variant
    self.device = device
    let encoder = path / "transformer_encoder"
    let width = config.width
    stem = try PatchStem(path, config)
    positions_GD = try (encoder / "posembed_input").take(
      "position_emb", [1, config.gridSide * config.gridSide, width], .normal(0.02))
    scales_SD = try (encoder / "scaleembed_input").take(
      "scale_emb", [config.longerSides.count + 1, width], .normal(0.02))
    classToken = try encoder.take("cls", [1, 1, width], .zeros)
    blocks = try (0..<config.layers).map {
      try EncoderBlock(
        encoder / "transformer" / "encoderblock_\($0)", .musiq, width: width, innerWidth: config.innerWidth,
        heads: config.heads)
    }
    finalNorm = try LayerNorm(encoder / "encoder_norm", width: width, epsilon: 1e-6)
    head = try Linear(config.grades == 1 ? path / "head" : path / "head" / 0, in: width, out: config.grades)
  }

  /// The score of each picture: the head's number, or the mean grade where there are several.
  /// - Throws: `QualityError` for other than RGB pictures; `TorchError` from libtorch.
  public func score(_ image_BCHW: Tensor) throws -> [Double] {
    let grades_BG = try distribution(image_BCHW)
    let values = try Tensor.arange(1, Double(config.grades + 1)).to(device: grades_BG.device)
    return try (grades_BG * values).sum([1]).doubles()
  }

  /// What the head says, `[B, grades]`: parts that sum to 1 where there are several grades.
  /// - Throws: `QualityError` for other than RGB pictures; `TorchError` from libtorch.
  public func distribution(_ image_BCHW: Tensor) throws -> Tensor {
    let image = try MUSIQPatches(MetricInput.unit(image_BCHW, on: device, metric: name), config)
    let batch = image_BCHW.size(0)
    var tokens = [try classToken.expanded([batch, 1, config.width])]
    for (number, scale) in image.scales.enumerated() {
      let made = try stem(scale.patches_BNCHW.flattened(from: 0, to: 1)).reshaped([batch, -1, config.width])
      let places = try Tensor(scale.places).to(device: device)
      tokens.append(
        try made + positions_GD.selected(0, 0).indexSelected(0, places) + scales_SD.narrowed(0, from: number, length: 1)
      )
    }
    var x_BLD = try Tensor.concatenated(tokens, axis: 1)
    for block in blocks { x_BLD = try block(x_BLD) }
    let grades_BG = try head(finalNorm(x_BLD.narrowed(1, from: 0, length: 1)).squeezed(1))
    return config.grades == 1 ? grades_BG : try grades_BG.softmax(-1)
  }

  /// Place on the grid, number of the size, and 1 (0 for what only fills up) of each token of the published form,
  /// `[B, tokens, 3]`.
  /// - Throws: `QualityError` for other than RGB pictures; `TorchError` from libtorch.
  public func sequencePositions(_ image_BCHW: Tensor) throws -> Tensor {
    let image = try MUSIQPatches(MetricInput.unit(image_BCHW, on: device, metric: name), config)
    let rows = image.sequencePositions
    return try Tensor(rows.flatMap { $0 }, [1, rows.count, 3]).repeated([image_BCHW.size(0), 1, 1])
  }
}
