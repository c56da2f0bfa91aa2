public import Checkpoints
internal import Foundation
internal import Layers
public import Torch

/// What a ControlNet adds to a U-Net's skips and middle.
public struct ControlResiduals {
  /// One for each skip, in the order made on the way down.
  public var down: [Tensor]
  /// For the middle.
  public var middle: Tensor

  /// Residuals for the skips, in the order made, and for the middle.
  public init(down: [Tensor], middle: Tensor) {
    self.down = down
    self.middle = middle
  }
}

/// A copy of a U-Net's way down that looks at a picture and steers the U-Net (Zhang et al. 2023).
public struct ControlNet {
  /// The network's sizes.
  public let config: UNetConfig
  private let encoder: UNetEncoder
  private let embedding: any ConditionEncoder  // controlnet_cond_embedding
  private let downProjections: [Conv2d]  // controlnet_down_blocks
  private let midProjection: Conv2d  // controlnet_mid_block

  /// Takes the network's parameters, with the published encoder of a picture at 8 times the latent's side.
  public init(_ path: ParameterPath, _ config: UNetConfig) throws {
    let embedding = try PictureEncoder(path / "controlnet_cond_embedding", config)
    try self.init(path, config, embedding: embedding)
  }

  /// Takes the network's parameters, with another way for the picture to come in.
  public init(_ path: ParameterPath, _ config: UNetConfig, embedding: any ConditionEncoder) throws {
    self.config = config
    encoder = try UNetEncoder(path, config)
    self.embedding = embedding
    // One for the input convolution, then one for each residual block and each downsampler.
    var widths = [config.blockOutChannels[0]]
    for (level, width) in config.blockOutChannels.enumerated() {
      let isLast = level == config.blockOutChannels.count - 1
      widths += Array(repeating: width, count: config.layersPerBlock + (isLast ? 0 : 1))
    }
    downProjections = try widths.enumerated().map { index, width in
      try Conv2d(path / "controlnet_down_blocks" / index, in: width, out: width, size: 1, zero: true)
    }
    let middle = config.blockOutChannels[config.blockOutChannels.count - 1]
    midProjection = try Conv2d(path / "controlnet_mid_block", in: middle, out: middle, size: 1, zero: true)
  }

  /// The type that the network computes in: that of its weights.
  public var dtype: DType { encoder.dtype }

  /// The picture's features, which do not depend on the time: compute them once a picture.
  /// - Parameter condition_BCHW: The picture in 0…1, RGB.
  public func embed(_ condition_BCHW: Tensor) throws(TorchError) -> Tensor {
    try embedding(try condition_BCHW.to(dtype).contiguous(.channelsLast))
  }

  /// One pass.
  /// - Parameters:
  ///   - sample_BCHW: The noisy latent, as the U-Net gets it.
  ///   - timestep_B: The time of each row, float32.
  ///   - condition: What ``embed(_:)`` answered.
  ///   - conditioning: What the blocks are told besides the time.
  ///   - scale: Factor of every residual (`conditioning_scale`).
  ///   - guessMode: Weaken the finer residuals down to a tenth, evenly in the logarithm.
  /// - Returns: Scaled residuals.
  /// - Throws: `TorchError` for shapes that do not fit, or when memory runs out.
  public func callAsFunction(
    _ sample_BCHW: Tensor, timestep_B: Tensor, condition: Tensor, conditioning: UNetConditioning, scale: Double = 1,
    guessMode: Bool = false
  ) throws(TorchError) -> ControlResiduals {
    let features = try encoder(
      sample_BCHW, timestep_B: timestep_B, conditioning: conditioning, addition: condition)
    func scaled(_ residual: Tensor, _ index: Int) throws(TorchError) -> Tensor {
      let weakening = guessMode ? pow(10, Double(index) / Double(features.skips.count) - 1) : 1
      return scale * weakening == 1 ? residual : try residual * (scale * weakening)
    }
    var down: [Tensor] = []
    for (index, skip) in features.skips.enumerated() { down.append(try scaled(downProjections[index](skip), index)) }
    return ControlResiduals(down: down, middle: try scaled(midProjection(features.middle), features.skips.count))
  }
}

/// The way of a picture into a ControlNet.
public protocol ConditionEncoder {
  /// A BCHW picture in 0…1 to features at the latent's size, of the network's first width.
  func callAsFunction(_ condition_BCHW: Tensor) throws(TorchError) -> Tensor
}

/// The published encoder: convolutions with SiLU that halve the picture between the widths of the configuration.
public struct PictureEncoder: ConditionEncoder {
  private let convIn: Conv2d  // conv_in
  private let blocks: [Conv2d]  // blocks
  private let convOut: Conv2d  // conv_out

  init(_ path: ParameterPath, _ config: UNetConfig) throws {
    let widths = config.conditioningEmbeddingChannels
    guard let first = widths.first, let last = widths.last else {
      throw CheckpointError(.mismatch, "building a ControlNet: conditioning_embedding_out_channels is empty")
    }
    convIn = try Conv2d(path / "conv_in", in: config.conditioningChannels, out: first)
    blocks = try zip(widths, widths.dropFirst()).enumerated().flatMap { index, pair in
      [
        try Conv2d(path / "blocks" / (2 * index), in: pair.0, out: pair.0),
        try Conv2d(path / "blocks" / (2 * index + 1), in: pair.0, out: pair.1, stride: 2),
      ]
    }
    convOut = try Conv2d(path / "conv_out", in: last, out: config.blockOutChannels[0], zero: true)
  }

  /// A BCHW picture in 0…1 to features at the latent's size.
  public func callAsFunction(_ condition_BCHW: Tensor) throws(TorchError) -> Tensor {
    var x_BCHW = try convIn(condition_BCHW).reusedForSilu()
    for block in blocks { x_BCHW = try block(x_BCHW).reusedForSilu() }
    return try convOut(x_BCHW)
  }
}
