public import Checkpoints
internal import Foundation
internal import Layers
public import Torch

/// Sines and cosines of a number at frequencies from 1 down to 1/10000 (Vaswani et al. 2017, as used by DDPM).
public enum SinusoidalEmbedding {
  /// - Parameters:
  ///   - values_B: One number for each row, float32.
  ///   - width: The even size of a row.
  ///   - cosineFirst: Cosines before sines (`flip_sin_to_cos`).
  ///   - shift: `freq_shift`: taken off the count of frequencies, of which there are width / 2.
  /// - Returns: `[B, width]`, float32: angles lose their meaning in shorter types.
  public static func embed(
    _ values_B: Tensor, width: Int, cosineFirst: Bool = true, shift: Double = 0
  ) throws(TorchError) -> Tensor {
    let half = width / 2
    let exponents = try Tensor.arange(0, Double(half), device: values_B.device) * (-log(10000) / (Double(half) - shift))
    let angles_BF = try values_B.to(.float32).unsqueezed(1) * exponents.exp().unsqueezed(0)
    let waves = cosineFirst ? [try angles_BF.cos(), try angles_BF.sin()] : [try angles_BF.sin(), try angles_BF.cos()]
    return try .concatenated(waves, axis: 1)
  }
}

/// Two linear layers with SiLU between, over a sinusoidal embedding or a pooled text.
public struct TimestepEmbedding {
  private let linear1: Linear  // linear_1
  private let linear2: Linear  // linear_2

  /// Takes `linear_1` and `linear_2`.
  public init(_ path: ParameterPath, in inputs: Int, out outputs: Int) throws {
    linear1 = try Linear(path / "linear_1", in: inputs, out: outputs)
    linear2 = try Linear(path / "linear_2", in: outputs, out: outputs)
  }

  /// `[B, in]` to `[B, out]`, in the type of the weights.
  public func callAsFunction(_ x_BD: Tensor) throws(TorchError) -> Tensor {
    try linear2(try linear1(try x_BD.to(linear1.dtype)).silu())
  }
}
