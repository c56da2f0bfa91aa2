public import Checkpoints
internal import Layers
public import Torch

/// Deep image structure and texture similarity (Ding et al. 2020): 1 minus the weighted similarity of means and of
/// structure of VGG-16's features and of the picture itself. 0 for equal pictures; less is better.
///
/// The picture is taken as it is. The authors' own program first makes the shorter side 256 pixels, which pyiqa and with it
/// the papers do not.
public struct DISTS: FullReferenceMetric {
  /// `dists`.
  public var name: String { "dists" }
  /// Less is better.
  public var higherIsBetter: Bool { false }
  private let trunk: PerceptualTrunk
  private let alpha: [Double]
  private let beta: [Double]
  private let device: Device
  var strips = PictureStrips()

  private static let mean: [Float] = [0.485, 0.456, 0.406]
  private static let deviation: [Float] = [0.229, 0.224, 0.225]

  /// Takes the trunk's parameters under torchvision's names, and `alpha` and `beta`, `[1, 1475, 1, 1]`.
  /// - Parameters:
  ///   - trunkPath: Where `features.N` stand.
  ///   - weightsPath: Where `alpha` and `beta` stand.
  ///   - channels: Widths of the trunk's stages; nil is the published ones.
  ///   - device: Where the parameters are, and where the metric is computed.
  /// - Throws: `CheckpointError` and `TorchError` from reading; `QualityError` for other than five widths.
  public init(
    trunk trunkPath: ParameterPath, weights weightsPath: ParameterPath, channels: [Int]? = nil, device: Device = .cpu
  ) throws {
    self.device = device
    trunk = try PerceptualTrunk(trunkPath, .vgg16(.root), channels: channels)
    let count = 3 + trunk.channels.reduce(0, +)
    let alpha = try weightsPath.take("alpha", [1, count, 1, 1], .normal(0.1))
    let beta = try weightsPath.take("beta", [1, count, 1, 1], .normal(0.1))
    // Without memory where keys are missing, which the load reports.
    self.alpha = alpha.device == .meta ? [] : try alpha.doubles()
    self.beta = beta.device == .meta ? [] : try beta.doubles()
  }

  /// The distance of each picture from its reference.
  /// - Throws: `QualityError` for shapes that differ; `TorchError` from libtorch.
  public func score(_ image_BCHW: Tensor, reference_BCHW: Tensor) throws -> [Double] {
    try MetricInput.check(image_BCHW, reference_BCHW, metric: name)
    let batch = image_BCHW.size(0)
    let pair_BCHW = try Tensor.concatenated(
      [image_BCHW, reference_BCHW].map { try MetricInput.unit($0, on: device, metric: name) }, axis: 0)
    var moments = [PairMoments(batch: batch)] + trunk.channels.map { _ in PairMoments(batch: batch) }
    try moments[0].add(pair_BCHW)
    let mean = try Tensor(Self.mean, [3, 1, 1]).to(device: device)
    let deviation = try Tensor(Self.deviation, [3, 1, 1]).to(device: device)
    try strips.forEach(trunk, (pair_BCHW - mean) / deviation) { stage, features in
      try moments[stage + 1].add(features)
    }
    let total = (alpha + beta).reduce(0, +)
    let similarities = try moments.map { try $0.similarities() }
    return (0..<batch).map { picture in
      let means = similarities.flatMap { $0.means[picture] }
      let structures = similarities.flatMap { $0.structures[picture] }
      let sum = zip(alpha, means).reduce(0) { $0 + $1.0 * $1.1 } + zip(beta, structures).reduce(0) { $0 + $1.0 * $1.1 }
      return 1 - sum / total
    }
  }
}

/// Sums over the pixels of two batches of pictures, channel by channel, in float64.
private struct PairMoments {
  private let batch: Int
  private var count = 0
  private var sums: [Tensor] = []

  init(batch: Int) { self.batch = batch }

  /// - Parameter pair_BCHW: Pictures, then as many references.
  mutating func add(_ pair_BCHW: Tensor) throws {
    // The differences of squares below need every digit; MPS has no float64.
    let pair = try pair_BCHW.to(device: .cpu).to(.float64)
    let (x, y) = (try pair.narrowed(0, from: 0, length: batch), try pair.narrowed(0, from: batch, length: batch))
    let parts = try [x, y, x.square(), y.square(), x * y].map { try $0.sum([2, 3]) }
    sums = sums.isEmpty ? parts : try zip(sums, parts).map { try $0 + $1 }
    count += pair.size(2) * pair.size(3)
  }

  /// (2 μ ν + c) / (μ² + ν² + c) of each channel, and the same of covariance and variances, with c = 1e-6.
  func similarities() throws -> (means: [[Double]], structures: [[Double]]) {
    let epsilon = 1e-6
    let means = try sums.map { try $0 / Double(max(count, 1)) }
    let (x, y) = (means[0], means[1])
    let variances = try means[2] - x.square() + (means[3] - y.square())
    let covariance = try means[4] - x * y
    let first = try (x * y * 2 + epsilon) / (x.square() + y.square() + epsilon)
    let second = try (covariance * 2 + epsilon) / (variances + epsilon)
    func rows(_ tensor: Tensor) throws -> [[Double]] {
      let (values, width) = (try tensor.doubles(), tensor.size(1))
      return (0..<batch).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
    return (try rows(first), try rows(second))
  }
}
