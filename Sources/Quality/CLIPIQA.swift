public import Checkpoints
internal import Layers
public import Torch

/// CLIP-IQA (Wang et al. 2023): how much nearer a picture is to a text of praise than to its opposite, for CLIP's ResNet-50.
/// 0 … 1; more is better.
///
/// The picture is taken at its own size, and the pool of the picture tower goes without its position embedding.
public struct CLIPIQA: NoReferenceMetric {
  /// Which texts are compared.
  public enum Prompts: String, Sendable, CaseIterable {
    /// The mean over pyiqa's five pairs, which papers report.
    case fivePairs = "5pair"
    /// "Good photo." and "Bad photo.": the original's.
    case onePair = "1pair"

    /// Ids of good and bad in turn, between start and end. The published vocabulary's.
    var words: [[Int]] {
      switch self {
      case .fivePairs:
        [
          [886, 2867], [2103, 2867],  // Good image, bad image
          [8157, 2867], [21977, 2867],  // Sharp image, blurry image
          [8157, 20938], [21977, 20938],  // sharp edges, blurry edges
          [1400, 9977, 2867], [1042, 9977, 2867],  // High resolution image, low resolution image
          [9307, 268, 1139, 2867], [33495, 2867],  // Noise-free image, noisy image
        ]
      case .onePair: [[886, 1125, 269], [2103, 1125, 269]]
      }
    }

    /// Ids, filled up with zeros: `[prompts, 77]`, int64.
    /// - Throws: `TorchError` from libtorch.
    public func ids_BL() throws(TorchError) -> Tensor {
      let rows = words.map { [49406] + $0 + [49407] }
      return try Tensor(rows.flatMap { $0 + Array(repeating: 0, count: 77 - $0.count) }, [rows.count, 77])
    }
  }

  /// `clipiqa-5pair` or `clipiqa-1pair`.
  public var name: String { "clipiqa-" + prompts.rawValue }
  /// More is better.
  public var higherIsBetter: Bool { true }
  /// The vector of each prompt, of any length: good and bad in turn, `[prompts, width]`.
  public let textFeatures_PD: Tensor
  private let prompts: Prompts
  private let pictures: CLIPPictureTower  // visual
  private let scale: Double  // logit_scale
  private let device: Device
  private let countsPlaces: Bool

  /// Reads a CLIP model, encodes the prompts and lets the text tower go.
  /// - Parameters:
  ///   - source: OpenAI's keys.
  ///   - config: The model's sizes.
  ///   - prompts: Which texts; it names the metric.
  ///   - ids_BL: Ids in place of the published ones: good and bad in turn.
  ///   - countsPlaces: Whether the pool adds its position embedding, as some later variants do.
  ///   - device: Where the metric is computed.
  /// - Throws: `CheckpointError` where keys are missing or of other shapes; `TorchError` from libtorch.
  public init(
    _ source: any ParameterSource, _ config: CLIPConfig = .init(), prompts: Prompts = .fivePairs, ids_BL: Tensor? = nil,
    countsPlaces: Bool = false, device: Device = .cpu
  ) throws {
    self.prompts = prompts
    self.device = device
    self.countsPlaces = countsPlaces
    // Not weights: what OpenAI's program wants to know of a file.
    let numbers: Set = ["input_resolution", "context_length", "vocab_size"]
    let known = RenamedSource(source, [:], dropping: numbers.contains)
    let visual = "visual."
    pictures = try ParameterLoader.load(
      PrefixedSource(known, prefix: visual), component: "CLIP's picture tower", dtype: .float32, device: device
    ) { try CLIPPictureTower($0, config) }
    let scales = try ParameterLoader.load(
      RenamedSource(known, [:]) { $0 != "logit_scale" }, component: "CLIP's logit scale", dtype: .float32
    ) { try $0.take("logit_scale", [], .zeros) }
    scale = try scales.exp().item()
    let text = CLIPTextTower.source(RenamedSource(known, [:]) { $0.hasPrefix(visual) }, config)
    let tower = try ParameterLoader.load(text, component: "CLIP's text tower", dtype: .float32, device: device) {
      try CLIPTextTower($0, config)
    }
    textFeatures_PD = try tower((ids_BL ?? prompts.ids_BL()).to(device: device))
  }

  /// The score of each picture: the mean over pairs of the part of praise in the softmax of both texts.
  /// - Throws: `QualityError` for other than RGB pictures, and too small ones; `TorchError` from libtorch.
  public func score(_ image_BCHW: Tensor) throws -> [Double] {
    let cosines_BP = try Self.unit(pictureFeatures(image_BCHW)).matmul(Self.unit(textFeatures_PD).transposed(0, 1))
    let logits_BP = try cosines_BP * scale
    let pairs_BPK = try logits_BP.reshaped([logits_BP.size(0), -1, 2]).softmax(-1)
    return try pairs_BPK.selected(2, 0).mean([1]).doubles()
  }

  /// The vector of each picture, of any length, `[B, width]`.
  /// - Throws: `QualityError` for other than RGB pictures, and too small ones; `TorchError` from libtorch.
  public func pictureFeatures(_ image_BCHW: Tensor) throws -> Tensor {
    let unit = try MetricInput.unit(image_BCHW, on: device, metric: name)
    guard min(unit.size(2), unit.size(3)) >= 32 else {
      throw QualityError(
        .picture, "measuring \(name) of \(unit.size(3))x\(unit.size(2)) pixels: it needs at least 32x32")
    }
    return try pictures(unit, placesCount: countsPlaces)
  }

  private static func unit(_ x_BD: Tensor) throws(TorchError) -> Tensor {
    try x_BD / x_BD.square().sum([-1], keepingAxes: true).sqrt()
  }
}
