internal import Checkpoints
internal import Layers
internal import Torch

/// A layer norm over channels, a linear layer to fewer of them, SiLU, a 3×3 convolution, SiLU, and back: on the grid of a
/// transformer's tokens, which has no local operator of its own.
struct BottleneckBlock: RestorationBlock {
  private let norm: LayerNorm  // norm
  private let down: Linear  // down
  private let middle: Conv2d  // mid
  private let up: Linear  // up

  init(_ path: ParameterPath, width: Int, hidden: Int) throws {
    norm = try LayerNorm(path / "norm", width: width, epsilon: 1e-6)
    down = try Linear(path / "down", in: width, out: hidden)
    middle = try Conv2d(path / "mid", in: hidden, out: hidden)
    up = try Linear(path / "up", in: hidden, out: width)
  }

  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    // In channels_last memory the rearrangements are views.
    let narrow_BCHW = try down(try norm(try x_BCHW.permuted([0, 2, 3, 1]))).silu().permuted([0, 3, 1, 2])
    let mixed_BHWC = try middle(narrow_BCHW).silu().permuted([0, 2, 3, 1])
    return try x_BCHW + up(mixed_BHWC).permuted([0, 3, 1, 2])
  }
}
