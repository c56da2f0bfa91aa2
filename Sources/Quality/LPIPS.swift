public import Checkpoints
internal import Layers
public import Torch

/// Learned perceptual image patch similarity, version 0.1 (Zhang et al. 2018): the distance of the features of a classifier,
/// each channel weighted as people's judgements taught it. 0 for equal pictures; less is better.
public struct LPIPS: FullReferenceMetric {
  /// Whose features are compared.
  public enum Trunk: String, Sendable, CaseIterable {
    /// AlexNet: what papers report.
    case alex
    /// VGG-16.
    case vgg

    var layout: TrunkLayout {
      switch self {
      case .alex: .alexNet
      case .vgg: .vgg16()
      }
    }
  }

  /// `lpips-alex` or `lpips-vgg`.
  public var name: String { "lpips-" + kind.rawValue }
  /// Less is better.
  public var higherIsBetter: Bool { false }
  private let kind: Trunk
  private let trunk: PerceptualTrunk
  private let heads: [Tensor]  // linN.model.1.weight
  private let device: Device
  var strips = PictureStrips()

  /// ImageNet's mean and deviation on the scale of -1 … 1, rounded as the published version has them.
  private static let shift: [Float] = [-0.030, -0.088, -0.188]
  private static let scale: [Float] = [0.458, 0.448, 0.450]

  /// Takes the trunk's parameters under torchvision's names, and the heads' under `lin0.model.1.weight` ….
  /// - Parameters:
  ///   - trunkPath: Where `features.N` stand.
  ///   - headsPath: Where `linN` stand.
  ///   - channels: Widths of the trunk's stages; nil is the published ones.
  ///   - device: Where the parameters are, and where the metric is computed.
  /// - Throws: `CheckpointError` and `TorchError` from reading; `QualityError` for other than five widths.
  public init(
    _ kind: Trunk, trunk trunkPath: ParameterPath, heads headsPath: ParameterPath, channels: [Int]? = nil,
    device: Device = .cpu
  ) throws {
    self.kind = kind
    self.device = device
    let trunk = try PerceptualTrunk(trunkPath, kind.layout, channels: channels)
    self.trunk = trunk
    // Index 0 of each head is a dropout, which has no parameters and does nothing here.
    heads = try trunk.channels.enumerated().map { stage, width in
      try (headsPath / "lin\(stage)" / "model" / 1).take("weight", [1, width, 1, 1], .uniform(fanIn: width))
    }
  }

  /// The distance of each picture from its reference.
  /// - Throws: `QualityError` for shapes that differ and pictures too small for the trunk; `TorchError` from libtorch.
  public func score(_ image_BCHW: Tensor, reference_BCHW: Tensor) throws -> [Double] {
    let stages = try layers(image_BCHW, reference_BCHW: reference_BCHW)
    return (0..<image_BCHW.size(0)).map { picture in stages.reduce(0) { $0 + $1[picture] } }
  }

  /// The part of each stage in the distance: for each of five stages a number for each picture.
  /// - Throws: `QualityError` for shapes that differ and pictures too small for the trunk; `TorchError` from libtorch.
  public func layers(_ image_BCHW: Tensor, reference_BCHW: Tensor) throws -> [[Double]] {
    try MetricInput.check(image_BCHW, reference_BCHW, metric: name)
    // AlexNet's two pools leave nothing of less than 31 pixels, VGG's four nothing of less than 16.
    let least = kind == .alex ? 31 : 16
    guard min(image_BCHW.size(2), image_BCHW.size(3)) >= least else {
      throw QualityError(
        .picture,
        "measuring \(name) of \(image_BCHW.size(3))x\(image_BCHW.size(2)) pixels: it needs at least \(least)x\(least)")
    }
    let pair_BCHW = try Tensor.concatenated([normalised(image_BCHW), normalised(reference_BCHW)], axis: 0)
    let batch = image_BCHW.size(0)
    var sums = [[Double]](repeating: .init(repeating: 0, count: batch), count: heads.count)
    var counts = [Int](repeating: 0, count: heads.count)
    try strips.forEach(trunk, pair_BCHW) { stage, features in
      let unit = try features / ((features.square().sum([1], keepingAxes: true)).sqrt() + 1e-10)
      let difference = try unit.narrowed(0, from: 0, length: batch) - unit.narrowed(0, from: batch, length: batch)
      let weighted = try (difference.square() * heads[stage]).sum([1, 2, 3]).doubles()
      for picture in 0..<batch { sums[stage][picture] += weighted[picture] }
      counts[stage] += features.size(2) * features.size(3)
    }
    return zip(sums, counts).map { sums, count in sums.map { $0 / Double(count) } }
  }

  /// The distance as a tensor that gradients go through, of whole pictures: what trainings ask for.
  /// - Parameters:
  ///   - image_BCHW: Where the network is, float32, about 0…1 and not cut to it.
  ///   - reference_BCHW: The same.
  /// - Returns: A number for each picture, `[B]`.
  /// - Throws: `QualityError` for shapes that differ; `TorchError` from libtorch.
  public func distance(_ image_BCHW: Tensor, reference_BCHW: Tensor) throws -> Tensor {
    try MetricInput.check(image_BCHW, reference_BCHW, metric: name)
    let pair_BCHW = try standardised(try .concatenated([image_BCHW, reference_BCHW], axis: 0))
    let batch = image_BCHW.size(0)
    let parts = try zip(trunk(pair_BCHW), heads).map { features, head in
      // The root of nothing has no gradient: what keeps it finite stands inside.
      let unit = try features / (features.square().sum([1], keepingAxes: true) + 1e-20).sqrt()
      let difference = try unit.narrowed(0, from: 0, length: batch) - unit.narrowed(0, from: batch, length: batch)
      return try (difference.square() * head).sum([1], keepingAxes: true).mean([1, 2, 3])
    }
    return try parts.dropFirst().reduce(parts[0]) { try $0 + $1 }
  }

  private func normalised(_ image_BCHW: Tensor) throws -> Tensor {
    try standardised(try MetricInput.unit(image_BCHW, on: device, metric: name))
  }

  private func standardised(_ unit: Tensor) throws -> Tensor {
    let shift = try Tensor(Self.shift, [3, 1, 1]).to(device: device)
    return try (unit * 2 - 1 - shift) / Tensor(Self.scale, [3, 1, 1]).to(device: device)
  }
}
