internal import Torch

private let foreachAdd = Operator("aten::_foreach_add_", "List")
private let foreachMultiply = Operator("aten::_foreach_mul_", "Scalar")

/// The mean gradient of the batches of one step, of which each process of a run may have a part.
struct GradientSum {
  private(set) var gradients: [Tensor] = []
  private var count = 0

  /// Adds the gradients of a batch.
  mutating func add(_ more: [Tensor]) throws(TorchError) {
    count += 1
    guard count > 1 else {
      gradients = more
      return
    }
    guard !more.isEmpty else { return }
    try foreachAdd.call([.tensors(gradients), .tensors(more), .double(1)])
  }

  /// The mean; the sum itself where there was one batch.
  /// - Parameter group: Processes with as many batches each.
  mutating func mean(over group: ProcessGroup? = nil) throws(TorchError) -> [Tensor] {
    if let group, !gradients.isEmpty {
      try group.sum(gradients)
      count *= group.size
    }
    if count > 1, !gradients.isEmpty {
      try foreachMultiply.call([.tensors(gradients), .double(1 / Double(count))])
      count = 1
    }
    return gradients
  }
}
