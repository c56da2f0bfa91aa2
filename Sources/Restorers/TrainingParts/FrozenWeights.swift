package import Checkpoints
package import Torch

/// Weights that stay as they are while others are trained: all in memory, in the networks' type, without gradients.
///
/// A network is built anew in each step; nothing may be converted or put in another order for that.
package struct FrozenWeights: ParameterSource {
  package let name: String
  private let tensors: [String: Tensor]

  /// Reads all of a source.
  /// - Parameters:
  ///   - source: Every key of it.
  ///   - dropping: Keys that are not wanted.
  package init(
    _ source: any ParameterSource, dtype: DType, device: Device, dropping: (String) -> Bool = { _ in false }
  ) throws {
    name = source.name
    var tensors: [String: Tensor] = [:]
    for key in source.keys.sorted() where !dropping(key) {
      guard let found = try source.parameter(key, ParameterRequest(shape: [])) else { continue }
      let moved = found.dtype.isFloatingPoint ? try found.to(dtype, device: device) : try found.to(device: device)
      tensors[key] = moved.rank == 4 ? try moved.contiguous(.channelsLast) : moved
    }
    self.tensors = tensors
  }

  package var keys: Set<String> { Set(tensors.keys) }

  package func parameter(_ key: String, _ request: ParameterRequest) -> Tensor? { tensors[key] }
}
