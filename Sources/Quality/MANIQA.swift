public import Checkpoints
internal import Layers
public import Torch

/// Multi-dimension attention network for image quality (Yang et al. 2022): a ViT's features, attention among channels, and
/// window attention, of 20 crops of a picture. About 0 … 1; more is better.
///
/// Three checkpoints are in use under one name, and their scores differ by 0.1; so does the number that a stage's layers
/// are multiplied with. As pyiqa since 0.1.12: crops on a grid of four rows by five columns, their tokens in one weighted
/// mean. Earlier versions drew the crops at random.
public struct MANIQA: NoReferenceMetric {
  /// Whose judgements a checkpoint learned.
  public enum Variant: String, Sendable, CaseIterable {
    /// PIPAL: what SeeSR and OSEDiff report.
    case pipal
    /// KonIQ-10k: pyiqa's plain `maniqa`.
    case koniq
    /// KADID-10k.
    case kadid

    /// What a layer's result is multiplied with.
    public var scale: Double { self == .pipal ? 0.13 : 0.8 }
  }

  /// `maniqa-pipal` and the like.
  public var name: String { "maniqa-" + variant.rawValue }
  /// More is better.
  public var higherIsBetter: Bool { true }
  /// The network's sizes.
  public let config: MANIQAConfig
  private let variant: Variant
  private let transformer: VisionTransformer  // vit
  private let attention1: [TransposedAttention]  // tablock1.N
  private let reduction1: Conv2d  // conv1
  private let stage1: ScaledSwin  // swintransformer1
  private let attention2: [TransposedAttention]  // tablock2.N
  private let reduction2: Conv2d  // conv2
  private let stage2: ScaledSwin  // swintransformer2
  private let score1: Linear  // fc_score.0
  private let score2: Linear  // fc_score.3
  private let weight1: Linear  // fc_weight.0
  private let weight2: Linear  // fc_weight.3
  private let device: Device

  /// Takes the parameters under the authors' names.
  /// - Parameters:
  ///   - variant: Whose judgements; it names the metric.
  ///   - config: The network's sizes; nil is the published ones with the variant's scale.
  ///   - device: Where the parameters are, and where the metric is computed.
  public init(
    _ path: ParameterPath, _ config: MANIQAConfig? = nil, variant: Variant, device: Device = .cpu
  ) throws {
    let config = config ?? MANIQAConfig(scale: variant.scale)
    self.config = config
    self.variant = variant
    self.device = device
    let places = config.tokenSide * config.tokenSide
    let (width, half) = (config.width, config.width / 2)
    func attention(_ path: ParameterPath) throws -> [TransposedAttention] {
      try (0..<config.transposedBlocks).map { try TransposedAttention(path / $0, places: places) }
    }
    let features = config.transformer.width * VisionTransformer.featureBlocks.count
    transformer = try VisionTransformer(path / "vit", config)
    attention1 = try attention(path / "tablock1")
    reduction1 = try Conv2d(path / "conv1", in: features, out: width, size: 1)
    stage1 = try ScaledSwin(path / "swintransformer1", config, width: width)
    attention2 = try attention(path / "tablock2")
    reduction2 = try Conv2d(path / "conv2", in: width, out: half, size: 1)
    stage2 = try ScaledSwin(path / "swintransformer2", config, width: half)
    score1 = try Linear(path / "fc_score" / 0, in: half, out: half)
    score2 = try Linear(path / "fc_score" / 3, in: half, out: 1)
    weight1 = try Linear(path / "fc_weight" / 0, in: half, out: half)
    weight2 = try Linear(path / "fc_weight" / 3, in: half, out: 1)
  }

  /// Whether a key of a published checkpoint has no part in the score: buffers that are computed here, and the layers of the
  /// ViT behind the last one that is looked at.
  public static func hasNoUse(_ key: String) -> Bool {
    if key.hasSuffix("relative_position_index") || key.hasSuffix("attn_mask") || key.contains(".downsample.") {
      return true
    }
    let parts = key.split(separator: ".")
    guard parts.count > 1, parts[0] == "vit" else { return false }
    if parts[1] == "blocks", parts.count > 2, let number = Int(parts[2]) {
      return number > VisionTransformer.featureBlocks.upperBound
    }
    return ["norm", "fc_norm", "head"].contains(parts[1])
  }

  /// The score of each picture.
  /// - Throws: `QualityError` for other than RGB pictures; `TorchError` from libtorch.
  public func score(_ image_BCHW: Tensor) throws -> [Double] {
    let unit = try MetricInput.unit(image_BCHW, on: device, metric: name)
    return try (0..<unit.size(0)).map { try score(one: unit.narrowed(0, from: $0, length: 1)) }
  }

  private func score(one image_1CHW: Tensor) throws -> Double {
    var x_1CHW = try (image_1CHW - 0.5) / 0.5
    let least = min(x_1CHW.size(2), x_1CHW.size(3))
    if least <= config.side {
      x_1CHW = try x_1CHW.resized(factor: Double(config.side + 1) / Double(least), .bilinear)
    }
    var (sum, weights) = (0.0, 0.0)
    // One crop at a time: the scores of one attention among 3,072 channels are 38 MB.
    for (top, left) in cropOrigins(height: x_1CHW.size(2), width: x_1CHW.size(3)) {
      let crop = try x_1CHW.narrowed(2, from: top, length: config.side).narrowed(3, from: left, length: config.side)
      let (score_N, weight_N) = try tokens(crop.contiguous())
      sum += try (score_N * weight_N).sum().item()
      weights += try weight_N.sum().item()
    }
    return sum / (weights + 1e-8)
  }

  /// Where crops begin: a grid of five by five places, row by row, of which the first 20 are taken. The lowest row is so never
  /// looked at.
  func cropOrigins(height: Int, width: Int) -> [(top: Int, left: Int)] {
    let count = Int(Double(config.crops).squareRoot())
    let (down, across) = ((height - config.side) / count, (width - config.side) / count)
    let all = (0...count).flatMap { row in (0...count).map { (top: row * down, left: $0 * across) } }
    return Array(all.prefix(config.crops))
  }

  /// Score and weight of each token of a crop.
  private func tokens(_ crop_1CHW: Tensor) throws(TorchError) -> (score: Tensor, weight: Tensor) {
    let side = config.tokenSide
    var x_1CN = try transformer(crop_1CHW).transposed(1, 2).contiguous()
    for block in attention1 { x_1CN = try block(x_1CN) }
    let first = try stage1(reduction1(x_1CN.reshaped([1, -1, side, side])))
    x_1CN = try first.flattened(from: 2).contiguous()
    for block in attention2 { x_1CN = try block(x_1CN) }
    let second = try stage2(reduction2(x_1CN.reshaped([1, -1, side, side])))
    let tokens_ND = try second.flattened(from: 2).selected(0, 0).transposed(0, 1).contiguous()
    return (
      try score2(score1(tokens_ND).relu()).relu().flattened(),
      try weight2(weight1(tokens_ND).relu()).sigmoid().flattened()
    )
  }
}
