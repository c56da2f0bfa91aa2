public import Torch

/// What a safetensors file says of a tensor before its elements.
public struct SafetensorsLayout: Sendable, Hashable {
  /// The elements' type.
  public let dtype: DType
  /// The sizes, outermost first.
  public let shape: [Int]

  /// A type and sizes.
  public init(dtype: DType, shape: [Int]) {
    self.dtype = dtype
    self.shape = shape
  }
}
