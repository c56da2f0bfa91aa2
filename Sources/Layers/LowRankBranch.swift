internal import Checkpoints
internal import Torch

/// Low-rank changes that a layer computes beside its weight: `scale · B (A x)`, with the matrices in the type of `x`.
struct LowRankBranch {
  private let updates: [LowRankUpdate]

  init(_ updates: [LowRankUpdate]) { self.updates = updates }

  /// True where a layer has no changes: nothing is computed then.
  var isEmpty: Bool { updates.isEmpty }

  /// A linear layer's answer with the changes.
  func added(to y: Tensor, _ x: Tensor) throws(TorchError) -> Tensor {
    var y = y
    for update in updates {
      let (down, up) = try Self.matrices(update, like: x)
      y = try y + x.linear(try down.flattened(from: 1)).linear(try up.flattened(from: 1)) * update.scale
    }
    return y
  }

  /// A convolution's answer with the changes; `A` is a convolution of the same kind, `B` one of 1×1.
  func added(
    to y_BCHW: Tensor, _ x_BCHW: Tensor, stride: Int, padding: Int
  ) throws(TorchError) -> Tensor {
    var y_BCHW = y_BCHW
    for update in updates {
      let (down, up) = try Self.matrices(update, like: x_BCHW)
      let inner_BRHW = try x_BCHW.conv2d(down, stride: stride, padding: padding)
      y_BCHW = try y_BCHW + inner_BRHW.conv2d(try up.reshaped([up.size(0), up.size(1), 1, 1])) * update.scale
    }
    return y_BCHW
  }

  /// The changes of some of a linear layer's outputs.
  func narrowed(_ outputs: Range<Int>) throws(TorchError) -> LowRankBranch {
    var parts: [LowRankUpdate] = []
    for update in updates {
      let up = try update.up.narrowed(0, from: outputs.lowerBound, length: outputs.count)
      parts.append(LowRankUpdate(down: update.down, up: up, scale: update.scale))
    }
    return LowRankBranch(parts)
  }

  private static func matrices(_ update: LowRankUpdate, like x: Tensor) throws(TorchError) -> (Tensor, Tensor) {
    (try update.down.to(x.dtype, device: x.device), try update.up.to(x.dtype, device: x.device))
  }
}
