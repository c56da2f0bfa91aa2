internal import Checkpoints
internal import Layers
internal import Torch

/// A residual block of CLIP's ResNet: it gets smaller by the mean of 2×2 pixels, behind the second convolution and before
/// the shortcut's.
struct CLIPBottleneck {
  private let conv1: Conv2d  // conv1
  private let norm1: BatchNorm2d  // bn1
  private let conv2: Conv2d  // conv2
  private let norm2: BatchNorm2d  // bn2
  private let conv3: Conv2d  // conv3
  private let norm3: BatchNorm2d  // bn3
  private let shortcut: (Conv2d, BatchNorm2d)?  // downsample.0, downsample.1
  private let shrinks: Bool

  /// Channels that a block gives for each of its width.
  static let expansion = 4

  init(_ path: ParameterPath, in inputs: Int, width: Int, shrinks: Bool) throws {
    let outputs = width * Self.expansion
    conv1 = try Conv2d(path / "conv1", in: inputs, out: width, size: 1, bias: false)
    norm1 = try BatchNorm2d(path / "bn1", channels: width)
    conv2 = try Conv2d(path / "conv2", in: width, out: width, bias: false)
    norm2 = try BatchNorm2d(path / "bn2", channels: width)
    conv3 = try Conv2d(path / "conv3", in: width, out: outputs, size: 1, bias: false)
    norm3 = try BatchNorm2d(path / "bn3", channels: outputs)
    let down = path / "downsample"
    shortcut =
      shrinks || inputs != outputs
      ? (
        try Conv2d(down / 0, in: inputs, out: outputs, size: 1, bias: false),
        try BatchNorm2d(down / 1, channels: outputs)
      ) : nil
    self.shrinks = shrinks
  }

  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    let inner = try norm2(conv2(norm1(conv1(x_BCHW)).relu())).relu()
    let branch = try norm3(conv3(shrinks ? inner.averagePooled(2) : inner))
    guard let (convolution, norm) = shortcut else { return try (branch + x_BCHW).relu() }
    return try (branch + norm(convolution(shrinks ? x_BCHW.averagePooled(2) : x_BCHW))).relu()
  }
}
