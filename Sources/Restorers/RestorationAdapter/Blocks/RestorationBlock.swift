internal import Checkpoints
internal import Priors
internal import Torch

/// A block of a restoration adapter: adds something to a feature map.
protocol RestorationBlock {
  /// `[B, C, H, W]` to the same shape, the input included.
  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor
}

extension ResnetBlock2D: RestorationBlock {
  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    try self(x_BCHW, time: nil, structure: nil)
  }
}

extension RestorationAdapterConfig {
  /// Takes a block's parameters.
  /// - Parameters:
  ///   - width: Channels.
  ///   - groups: Groups of the norms of a ``BlockKind/residual``.
  func block(_ path: ParameterPath, width: Int, groups: Int) throws -> any RestorationBlock {
    switch blockKind {
    case .residual:
      try ResnetBlock2D(path, in: width, out: width, timeChannels: nil, groups: groups, epsilon: 1e-5)
    case .t2i: try T2IAdapterBlock(path, width: width)
    case .bottleneck: try BottleneckBlock(path, width: width, hidden: bottleneckWidth)
    }
  }
}
