public import Torch

/// A tensor that a layer computes from its parameters once, when it is loaded.
/// - Parameters:
///   - parameters: What it is computed from; the first gives its type.
///   - shape: Its sizes.
///   - compute: Computes it, without gradients being recorded.
/// - Returns: What `compute` answers; where one of the parameters has no memory (a layout is being compared, or keys are
///   missing, which the load reports), a tensor of that shape without memory.
/// - Throws: What `compute` throws.
public func derived(
  from parameters: [Tensor], shape: [Int], _ compute: () throws -> Tensor
) throws -> Tensor {
  guard parameters.contains(where: { $0.device == .meta }) else { return try withoutGradient(compute) }
  return try .empty(shape, dtype: parameters.first?.dtype ?? .float32, device: .meta)
}
