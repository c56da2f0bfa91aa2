public import Torch

/// A file of PyTorch's `torch.save` (`.pth`, `.pt`, `.bin`, `.ckpt`), of either of its formats, or of `torch.jit.save`.
///
/// Nothing in the file is executed: its pickle is read by an interpreter that only puts data together. Opening checks
/// that every tensor lies inside the file. Tensors are made when asked for: over the mapped memory where their elements
/// stand in order, as copies where they are a transposed or otherwise strided view of their storage. What is written into
/// such a tensor stays in this process, but two tensors over one storage share it.
///
/// Dictionaries within the chosen one give keys with dots; numpy arrays count as tensors; other values are left out.
public final class TorchFile: Checkpoint {
  /// The path as it was given.
  public var name: String { file.path }

  /// Every tensor's name.
  public let keys: Set<String>

  private let file: MappedFile
  private let contents: TorchContents

  /// Opens a file and checks its tensors.
  /// - Parameters:
  ///   - path: The file; its contents decide about the format, not its name.
  ///   - state: Which of its dictionaries holds the weights.
  ///   - keepsPrefixes: True to leave `module.` and `_orig_mod.` (DataParallel's and torch.compile's) at the beginning of
  ///     keys; they are taken off where all keys have them.
  /// - Throws: `CheckpointError`: the file cannot be read, is cut short or broken, is something else, or it is not clear
  ///   which weights are meant.
  public init(
    path: String, state: StateChoice = .automatic, keepsPrefixes: Bool = false
  ) throws(CheckpointError) {
    file = try MappedFile(path: path)
    contents = try file.parsed { (bytes) throws(CheckpointFlaw) in
      try TorchContents(bytes, state, keepsPrefixes: keepsPrefixes)
    }
    keys = Set(contents.views.keys)
  }

  /// True for a file that is named as PyTorch's are. `.bin` says little, so such a file must also begin as one of them.
  public static func isNamedAsOne(_ path: String) -> Bool {
    guard let suffix = CheckpointFolder.pickleSuffixes.first(where: path.hasSuffix) else { return false }
    guard suffix == ".bin" else { return true }
    let format = try? MappedFile(path: path).parsed { CheckpointFormat($0) }
    return format == .zip || format == .pickle || format == .tar
  }

  /// Texts and numbers that were saved beside the weights, such as `epoch` and `global_step`.
  public var metadata: [String: String] { contents.remarks }

  /// The sizes of a tensor, outermost first; nil when there is no such key.
  public func shape(of key: String) -> [Int]? { contents.views[key]?.shape }

  /// The element type as safetensors files spell it (`F32`, `BF16`); nil when there is no such key.
  public func typeName(of key: String) -> String? { contents.views[key]?.type.typeName }

  /// A tensor over the mapped memory; a copy where its elements do not stand in order.
  /// - Parameter key: The tensor's name.
  /// - Returns: A row-major tensor on the CPU, in the file's type.
  /// - Throws: `CheckpointError` when there is no such key, or its type is one that Burnish does not compute with.
  public func tensor(_ key: String) throws(CheckpointError) -> Tensor {
    guard let view = contents.views[key] else { throw CheckpointError.noTensor(key, in: name) }
    guard let dtype = view.type.safetensorsType?.dtype else {
      throw CheckpointError.unusableType(view.type.typeName, of: key, in: name)
    }
    do {
      return try tensor(view, dtype)
    } catch {
      throw CheckpointError(.torch, "Could not read tensor \(key.quoted) of \(name.quoted): \(error.message).")
    }
  }

  private func tensor(_ view: TensorView, _ dtype: DType) throws(TorchError) -> Tensor {
    switch view.source {
    case .file(let range) where view.isContiguous:
      let start = range.lowerBound + (view.count == 0 ? 0 : view.offset * dtype.byteCount)
      return try file.tensor(start..<start + view.byteCount, view.shape, dtype)
    case .file(let range):
      defer { withExtendedLifetime(file) {} }
      return try Self.gathered(view, dtype, from: UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    case .owned(let bytes):
      return try bytes.withUnsafeBytes { bytes in
        Result { () throws(TorchError) in try Self.gathered(view, dtype, from: bytes) }
      }.get()
    }
  }

  private static func gathered(
    _ view: TensorView, _ dtype: DType, from source: UnsafeRawBufferPointer
  ) throws(TorchError) -> Tensor {
    guard view.count > 0 else { return try .empty(view.shape, dtype: dtype) }
    let copy = UnsafeMutableRawPointer.allocate(byteCount: view.byteCount, alignment: 64)
    view.gather(from: source, to: UnsafeMutableRawBufferPointer(start: copy, count: view.byteCount))
    return try Tensor(wrapping: copy, byteCount: view.byteCount, view.shape, dtype) { copy.deallocate() }
  }
}
