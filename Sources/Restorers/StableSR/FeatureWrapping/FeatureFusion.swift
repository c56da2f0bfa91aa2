internal import Checkpoints
internal import Priors
internal import Torch

/// Adds to a decoder's features what the encoder saw at the same size: `h + w F(concat[enc, h])` (StableSR, section 3.2).
struct FeatureFusion {
  private let first: ResnetBlock2D  // encode_enc_1, its shortcut called conv_out in the release
  private let groups: [ResidualDenseGroup]  // encode_enc_2
  private let last: ResnetBlock2D  // encode_enc_3

  init(_ path: ParameterPath, width: Int, _ config: FeatureWrappingConfig) throws {
    func block(_ name: String, in inputs: Int) throws -> ResnetBlock2D {
      try ResnetBlock2D(
        path / name, in: inputs, out: width, timeChannels: nil, groups: config.autoencoder.normGroups, epsilon: 1e-6)
    }
    first = try block("encode_enc_1", in: 2 * width)
    groups = try (0..<config.denseGroups).map {
      try ResidualDenseGroup(path / "encode_enc_2" / $0, width: width, growth: config.growth)
    }
    last = try block("encode_enc_3", in: width)
  }

  /// `F`, on the joined channels.
  private var stages: [any FeatureStage] { [first] + groups + [last] }

  /// The fusion with given features as a stage of a decoder.
  /// - Parameters:
  ///   - encoded_BCHW: The encoder's features: of all pictures for whole maps, of one for strips.
  ///   - weight: `w`.
  func stage(_ encoded_BCHW: Tensor, weight: Double) -> any FeatureStage {
    Stage(stages: stages, encoded_BCHW: encoded_BCHW, weight: weight)
  }

  private struct Stage: FeatureStage {
    let stages: [any FeatureStage]
    let encoded_BCHW: Tensor
    let weight: Double

    func whole(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
      var y_BCHW = try Tensor.concatenated([try encoded_BCHW.to(x_BCHW.dtype), x_BCHW], axis: 1)
      for stage in stages { y_BCHW = try stage.whole(y_BCHW) }
      return try y_BCHW * weight + x_BCHW
    }

    func strips(_ x: FeatureStrips, _ plan: StripPlan) throws(TorchError) -> FeatureStrips {
      let kept = x.forked()
      var y = try FeatureStrips(joining: [FeatureStrips(whole: encoded_BCHW), x])
      for stage in stages { y = try stage.strips(y, plan) }
      return try y.joined(kept, weight: weight, plan)
    }
  }
}

/// Keeps the map that passes.
final class FeatureTap: FeatureStage {
  /// The maps in the order in which they came: one for all pictures, or one for each.
  private(set) var kept: [Tensor] = []

  func whole(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    kept.append(x_BCHW)
    return x_BCHW
  }

  func strips(_ x: FeatureStrips, _ plan: StripPlan) throws(TorchError) -> FeatureStrips {
    let whole_1CHW = try x.gathered()
    kept.append(whole_1CHW)
    return try FeatureStrips(whole: whole_1CHW)
  }
}
