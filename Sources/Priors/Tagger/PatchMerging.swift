internal import Checkpoints
internal import Layers
internal import Torch

/// Halves a map of tokens: each square of four becomes one token of twice the width.
struct PatchMerging {
  private let norm: LayerNorm  // norm
  private let reduction: Linear  // reduction

  init(_ path: ParameterPath, width: Int) throws {
    norm = try LayerNorm(path / "norm", width: 4 * width)
    reduction = try Linear(path / "reduction", in: 4 * width, out: 2 * width, bias: false)
  }

  /// `[B, H, W, C]` to `[B, H/2, W/2, 2C]`. Of a square's tokens the left ones come first, the upper before the lower.
  func callAsFunction(_ x_BHWC: Tensor) throws(TorchError) -> Tensor {
    let (height, width, channels) = (x_BHWC.size(1) / 2, x_BHWC.size(2) / 2, x_BHWC.size(3))
    let squares_BHWD = try x_BHWC.reshaped([-1, height, 2, width, 2, channels]).permuted([0, 1, 3, 4, 2, 5])
      .reshaped([-1, height, width, 4 * channels])
    return try reduction(norm(squares_BHWD))
  }
}
