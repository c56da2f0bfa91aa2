public import Checkpoints
internal import Layers
public import Torch

/// The feed-forward of diffusion transformers: GELU by its tanh approximation, four times as wide inside.
public struct FeedForward {
  private let projIn: Linear  // net.0.proj
  private let projOut: Linear  // net.2

  /// Takes `net.0.proj` and `net.2`.
  public init(_ path: ParameterPath, width: Int) throws {
    projIn = try Linear(path / "net" / 0 / "proj", in: width, out: 4 * width)
    projOut = try Linear(path / "net" / 2, in: 4 * width, out: width)
  }

  /// `[B, L, D]` to the same shape.
  public func callAsFunction(_ x_BLD: Tensor) throws(TorchError) -> Tensor {
    try projOut(try projIn.withTanhGELU(x_BLD))
  }
}
