public import Torch

/// A safetensors file whose tensors lie in mapped memory.
///
/// Opening checks the whole header, so that every tensor is known to lie inside the file. Tensors are made when asked
/// for, without a copy, and keep the mapping alive: the `SafetensorsFile` itself may go. What is written into such a
/// tensor stays in this process.
public final class SafetensorsFile: Checkpoint {
  /// The path as it was given.
  public var name: String { file.path }

  /// Every tensor's name.
  public let keys: Set<String>

  private let file: MappedFile
  private let header: SafetensorsHeader

  /// Opens a file and checks its header.
  /// - Parameter path: A `.safetensors` file.
  /// - Throws: `CheckpointError`: the file cannot be read, is cut short, or breaks the rules of the format.
  public init(path: String) throws(CheckpointError) {
    file = try MappedFile(path: path)
    header = try file.parsed(SafetensorsHeader.init)
    keys = Set(header.entries.keys)
  }

  /// The file's `__metadata__`; files of PyTorch say `format` = `pt`.
  public var metadata: [String: String] { header.metadata }

  /// The sizes of a tensor, outermost first; nil when there is no such key.
  public func shape(of key: String) -> [Int]? { header.entries[key]?.shape }

  /// The element type as the file spells it (`F32`, `BF16`, `F8_E4M3`); nil when there is no such key.
  public func typeName(of key: String) -> String? { header.entries[key]?.type.rawValue }

  /// A tensor over the mapped memory; a copy only where the file does not align it for its type: headers need not be padded,
  /// and then nothing after them is aligned.
  /// - Parameter key: The tensor's name.
  /// - Returns: A row-major tensor on the CPU, in the file's type.
  /// - Throws: `CheckpointError` when there is no such key, or its type is one that Burnish does not compute with.
  public func tensor(_ key: String) throws(CheckpointError) -> Tensor {
    guard let entry = header.entries[key] else {
      throw CheckpointError.noTensor(key, in: name)
    }
    guard let dtype = entry.type.dtype else {
      throw CheckpointError.unusableType(entry.type.rawValue, of: key, in: name)
    }
    do {
      return try file.tensor(entry.range, entry.shape, dtype)
    } catch {
      throw CheckpointError(.torch, "Could not read tensor \(key.quoted) of \(name.quoted): \(error.message).")
    }
  }
}
