internal import Checkpoints
internal import Layers
internal import Torch

/// The few convolutions that make a token of each of MUSIQ's patches.
struct PatchStem {
  private let root: StandardisedConv2d  // conv_root
  private let rootNorm: GroupNorm  // gn_root
  private let conv1: StandardisedConv2d  // block1.conv1
  private let norm1: GroupNorm  // block1.gn1
  private let conv2: StandardisedConv2d  // block1.conv2
  private let norm2: GroupNorm  // block1.gn2
  private let conv3: StandardisedConv2d  // block1.conv3
  private let norm3: GroupNorm  // block1.gn3
  private let shortcut: StandardisedConv2d  // block1.conv_proj
  private let shortcutNorm: GroupNorm  // block1.gn_proj
  private let embedding: Linear  // embedding
  /// Patches that pass at once: one takes 64 KB behind the first convolution.
  private static let together = 256

  init(_ path: ParameterPath, _ config: MUSIQConfig) throws {
    let block = path / "block1"
    // The epsilons are those of the first norm and of the residual block in the original.
    func norm(_ path: ParameterPath, _ channels: Int, _ epsilon: Double = 1e-4) throws -> GroupNorm {
      try GroupNorm(path, groups: 32, channels: channels, epsilon: epsilon)
    }
    root = try StandardisedConv2d(path / "conv_root", in: 3, out: 64, size: 7, stride: 2)
    rootNorm = try norm(path / "gn_root", 64, 1e-6)
    conv1 = try StandardisedConv2d(block / "conv1", in: 64, out: 64, size: 1)
    norm1 = try norm(block / "gn1", 64)
    conv2 = try StandardisedConv2d(block / "conv2", in: 64, out: 64, size: 3)
    norm2 = try norm(block / "gn2", 64)
    conv3 = try StandardisedConv2d(block / "conv3", in: 64, out: 256, size: 1)
    norm3 = try norm(block / "gn3", 256)
    shortcut = try StandardisedConv2d(block / "conv_proj", in: 64, out: 256, size: 1)
    shortcutNorm = try norm(block / "gn_proj", 256)
    let side = config.patchSide / 4
    embedding = try Linear(path / "embedding", in: 256 * side * side, out: config.width)
  }

  /// Patches `[N, 3, side, side]` to tokens `[N, width]`.
  func callAsFunction(_ patches_NCHW: Tensor) throws(TorchError) -> Tensor {
    var parts: [Tensor] = []
    for start in stride(from: 0, to: patches_NCHW.size(0), by: Self.together) {
      let count = min(Self.together, patches_NCHW.size(0) - start)
      parts.append(try tokens(try patches_NCHW.narrowed(0, from: start, length: count)))
    }
    return try .concatenated(parts, axis: 0)
  }

  private func tokens(_ patches_NCHW: Tensor) throws(TorchError) -> Tensor {
    let started = try rootNorm(root(patches_NCHW)).relu()
    // Zeros are as good as minus infinity behind a ReLU.
    let x = try started.paddedToSame(size: 3, stride: 2).maxPooled(3, stride: 2)
    let inner = try norm2(conv2(norm1(conv1(x)).relu())).relu()
    let sum = try (shortcutNorm(shortcut(x)) + norm3(conv3(inner))).relu()
    // The channels of a place side by side, as TensorFlow flattens.
    return try embedding(sum.permuted([0, 2, 3, 1]).flattened(from: 1))
  }
}
