public import Checkpoints
public import Torch

/// Batch normalisation at inference: each channel by the mean and variance that training left.
public struct BatchNorm2d {
  private let scale_C11: Tensor
  private let shift_C11: Tensor

  /// Takes `weight`, `bias`, `running_mean` and `running_var`, and the count `num_batches_tracked` where it is there.
  public init(_ path: ParameterPath, channels: Int, epsilon: Double = 1e-5) throws {
    let weight = try path.take("weight", [channels], .ones)
    let bias = try path.take("bias", [channels], .zeros)
    let mean = try path.take("running_mean", [channels], .zeros)
    let variance = try path.take("running_var", [channels], .ones)
    if path.contains("num_batches_tracked") { _ = try path.take("num_batches_tracked", [], .zeros) }
    let scale_C11 = try derived(from: [weight, variance], shape: [channels, 1, 1]) {
      try (weight * (variance + epsilon).rsqrt()).reshaped([channels, 1, 1])
    }
    self.scale_C11 = scale_C11
    shift_C11 = try derived(from: [bias, mean, scale_C11], shape: [channels, 1, 1]) {
      try bias.reshaped([channels, 1, 1]) - mean.reshaped([channels, 1, 1]) * scale_C11
    }
  }

  /// BCHW to BCHW.
  public func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    try shift_C11.addingProduct(x_BCHW, scale_C11)
  }
}
