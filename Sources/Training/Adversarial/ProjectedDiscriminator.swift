public import Checkpoints
public import Torch

/// Tells real pictures from made ones by features of a frozen network, at several depths (Sauer et al. 2021, "Projected
/// GANs converge faster"), given what is known of the low-quality picture.
public struct ProjectedDiscriminator {
  private let heads: [DiscriminatorHead]  // heads

  /// Takes all parameters.
  /// - Parameters:
  ///   - path: `heads.0`, `heads.1`, …
  ///   - config: The sizes.
  ///   - channels: Of each map of features.
  ///   - conditionWidth: Of what is known of a picture.
  public init(_ path: ParameterPath, _ config: DiscriminatorConfig, channels: [Int], conditionWidth: Int) throws {
    heads = try channels.enumerated().map { index, count in
      try DiscriminatorHead(path / "heads" / index, config, channels: count, conditionWidth: conditionWidth)
    }
  }

  /// The scores of each head.
  /// - Parameters:
  ///   - maps: BCHW each, one for each head.
  ///   - condition_BD: What is known of each picture.
  /// - Returns: `[B, H, W]` each, float32.
  public func callAsFunction(_ maps: [Tensor], condition_BD: Tensor) throws(TorchError) -> [Tensor] {
    guard maps.count == heads.count else {
      throw TorchError(.argument, "a discriminator of \(heads.count) heads was given \(maps.count) maps")
    }
    var scores: [Tensor] = []
    for (head, map_BCHW) in zip(heads, maps) { scores.append(try head(map_BCHW, condition_BD: condition_BD)) }
    return scores
  }
}

extension HingeLoss {
  /// The mean over a discriminator's heads of ``discriminator(real:made:)``.
  public static func discriminator(real: [Tensor], made: [Tensor]) throws(TorchError) -> Tensor {
    var losses: [Tensor] = []
    for (real, made) in zip(real, made) { losses.append(try discriminator(real: real, made: made)) }
    return try Tensor.stacked(losses).mean()
  }

  /// The mean over a discriminator's heads of ``generator(made:)``.
  public static func generator(made: [Tensor]) throws(TorchError) -> Tensor {
    var losses: [Tensor] = []
    for made in made { losses.append(try generator(made: made)) }
    return try Tensor.stacked(losses).mean()
  }
}
