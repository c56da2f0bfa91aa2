internal import Datasets
public import Quality
internal import Torch

/// A column: a metric that is ready to measure, and what is to be known of it.
public struct EvaluationMetric {
  /// The name, variant and border included.
  public let name: String
  /// Whether more is better.
  public let higherIsBetter: Bool
  /// What it looks at.
  public let kind: MetricEntry.Kind
  let metric: Metric
  /// A digest of its files of weights.
  let weights: String

  /// A column.
  /// - Parameters:
  ///   - metric: Ready to measure.
  ///   - entry: Its line in the catalogue.
  ///   - files: The files of weights that it was read from.
  /// - Throws: `EvaluationError` when a file cannot be read.
  public init(_ metric: Metric, entry: MetricEntry, files: [String]) throws(EvaluationError) {
    self.metric = metric
    name = metric.name
    higherIsBetter = entry.higherIsBetter
    kind = entry.kind
    var lines: [String] = []
    for file in files { lines.append(try FileIdentity.ofEnds(file)) }
    weights = lines.isEmpty ? "" : SHA256.hex(lines.joined(separator: "\n"))
  }

  /// The arrow of the better direction.
  public var arrow: String { higherIsBetter ? "↑" : "↓" }

  /// Whether it can be measured of one picture of a group.
  func measures(_ dataset: EvaluationDataset) -> Bool { kind == .single || kind == .pair && dataset.hasReferences }

  /// Measures one picture.
  /// - Returns: nil for metrics of sets, and without the reference that it needs.
  func score(_ image_BCHW: Tensor, _ reference_BCHW: Tensor?) throws -> Double? {
    try withoutGradient {
      switch metric {
      case .pair(let metric):
        guard let reference_BCHW else { return nil }
        return try metric.score(image_BCHW, reference_BCHW: reference_BCHW).first
      case .single(let metric): return try metric.score(image_BCHW).first
      case .sets: return nil
      }
    }
  }
}

extension DecodedPicture {
  /// `[1, 3, H, W]`, uint8.
  func tensor() throws -> Tensor { try Tensor(rgb8, [1, height, width, 3]).permuted([0, 3, 1, 2]) }
}
