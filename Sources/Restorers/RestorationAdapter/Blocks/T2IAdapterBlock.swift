internal import Checkpoints
internal import Layers
internal import Torch

/// `x + conv1×1(ReLU(conv3×3(x)))`: the block of T2I-Adapter (Mou et al. 2023).
struct T2IAdapterBlock: RestorationBlock {
  private let conv1: Conv2d  // conv1
  private let conv2: Conv2d  // conv2

  init(_ path: ParameterPath, width: Int) throws {
    conv1 = try Conv2d(path / "conv1", in: width, out: width)
    conv2 = try Conv2d(path / "conv2", in: width, out: width, size: 1)
  }

  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    try x_BCHW + conv2(try conv1(x_BCHW).relu())
  }
}
