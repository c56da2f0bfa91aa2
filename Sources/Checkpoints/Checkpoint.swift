public import Torch

/// A checkpoint on disk that is open for reading: one file or several that belong together.
///
/// ``openCheckpoint(_:variant:)`` finds the right kind for a path.
public protocol Checkpoint: ParameterSource {
  /// Free text of whoever wrote the checkpoint.
  var metadata: [String: String] { get }

  /// The sizes of a tensor, outermost first; nil when there is no such key.
  func shape(of key: String) -> [Int]?

  /// The element type of a tensor as the file spells it (`F32`, `BF16`, `F8_E4M3`); nil when there is no such key.
  func typeName(of key: String) -> String?

  /// A tensor.
  /// - Parameter key: The full key.
  /// - Returns: A tensor on the CPU in the file's type, whose memory is the file's where possible.
  /// - Throws: `CheckpointError` when there is no such key, or its type is one that Burnish does not compute with.
  func tensor(_ key: String) throws(CheckpointError) -> Tensor
}

extension Checkpoint {
  /// The element type as tensors have it; nil when there is no such key or Burnish computes with no such type.
  public func dtype(of key: String) -> DType? { typeName(of: key).flatMap(SafetensorsType.init)?.dtype }

  /// The tensor of a key, nil when there is none. The shape asked for plays no role.
  public func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    keys.contains(key) ? try tensor(key) : nil
  }
}
