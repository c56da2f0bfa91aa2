public import Checkpoints
internal import Layers
public import Torch

/// The residual block of U-Nets and autoencoders: norm, SiLU, convolution, twice, with the time embedding between.
public struct ResnetBlock2D {
  let norm1: GroupNorm  // norm1
  let conv1: Conv2d  // conv1
  private let timeProjection: Linear?  // time_emb_proj
  let norm2: GroupNorm  // norm2
  let conv2: Conv2d  // conv2
  private let modulation: SpatialModulation?  // spade
  let shortcut: Conv2d?  // conv_shortcut

  /// Takes the block's parameters.
  /// - Parameters:
  ///   - inputs: Channels that come in; a 1×1 `conv_shortcut` stands where they differ from `outputs`.
  ///   - timeChannels: Width of the time embedding; nil in autoencoders.
  ///   - groups: Groups of both norms.
  ///   - secondGroups: Groups of the second norm where they are others.
  ///   - modulation: StableSR: what is added to the input is first modulated by structure features.
  public init(
    _ path: ParameterPath, in inputs: Int, out outputs: Int, timeChannels: Int?, groups: Int, epsilon: Double,
    secondGroups: Int? = nil, modulation: SpatialModulation.Sizes? = nil
  ) throws {
    norm1 = try GroupNorm(path / "norm1", groups: groups, channels: inputs, epsilon: epsilon)
    conv1 = try Conv2d(path / "conv1", in: inputs, out: outputs)
    timeProjection = try timeChannels.map { try Linear(path / "time_emb_proj", in: $0, out: outputs) }
    norm2 = try GroupNorm(path / "norm2", groups: secondGroups ?? groups, channels: outputs, epsilon: epsilon)
    conv2 = try Conv2d(path / "conv2", in: outputs, out: outputs)
    self.modulation = try modulation.map {
      try SpatialModulation(path / "spade", width: outputs, $0, groups: groups, epsilon: epsilon)
    }
    shortcut = inputs == outputs ? nil : try Conv2d(path / "conv_shortcut", in: inputs, out: outputs, size: 1)
  }

  /// - Parameters:
  ///   - x_BCHW: Features.
  ///   - time_BD: SiLU of the time embedding, which every block of a network shares; nil without one.
  ///   - structure_BSHW: Structure features of the same height and width, for a block with modulation.
  public func callAsFunction(
    _ x_BCHW: Tensor, time time_BD: Tensor? = nil, structure structure_BSHW: Tensor? = nil
  ) throws(TorchError) -> Tensor {
    var h_BCHW = try conv1(try norm1(x_BCHW).reusedForSilu())
    if let timeProjection, let time_BD {
      h_BCHW = try h_BCHW.reusedForSum(with: timeProjection(time_BD).unsqueezed(2).unsqueezed(3))
    }
    h_BCHW = try conv2(try norm2(h_BCHW).reusedForSilu())
    if let modulation {
      guard let structure_BSHW else {
        throw TorchError(
          .argument,
          "a U-Net with structure layers was given no structure features; pass those of the time-aware encoder")
      }
      h_BCHW = try modulation(h_BCHW, map: structure_BSHW)
    }
    return try h_BCHW.reusedForSum(
      with: try shortcut.map { shortcut throws(TorchError) in try shortcut(x_BCHW) } ?? x_BCHW)
  }
}
