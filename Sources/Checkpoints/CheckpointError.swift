/// An error in a checkpoint: its file, its layout or its contents.
public struct CheckpointError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was. New kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case unreadable, malformed, truncated, unsupported, mismatch, unwritable, torch }
    private let kind: Kind

    /// The file cannot be opened or read.
    public static let unreadable = Code(kind: .unreadable)
    /// The file breaks the rules of its format.
    public static let malformed = Code(kind: .malformed)
    /// The file is shorter than its header says.
    public static let truncated = Code(kind: .truncated)
    /// The file is sound but uses something that Burnish does not read.
    public static let unsupported = Code(kind: .unsupported)
    /// Keys or shapes are not those of the component being loaded.
    public static let mismatch = Code(kind: .mismatch)
    /// The file cannot be written.
    public static let unwritable = Code(kind: .unwritable)
    /// libtorch failed while tensors were made.
    public static let torch = Code(kind: .torch)
  }

  /// The kind of failure.
  public let code: Code
  /// What was being done, with which value, and what to do about it.
  public let message: String

  /// An error made by hand.
  /// - Parameters:
  ///   - code: The kind of failure.
  ///   - message: What was being done, with which value, and what to do about it.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}

extension CheckpointError {
  /// The error about a key that a file does not have.
  static func noTensor(_ key: String, in file: String) -> CheckpointError {
    CheckpointError(
      .mismatch, "Could not read tensor \(key.quoted) of \(file.quoted): the file has no tensor of this name.")
  }

  /// The error about a tensor of a type that `DType` does not have.
  static func unusableType(_ type: String, of key: String, in file: String) -> CheckpointError {
    CheckpointError(
      .unsupported,
      "Could not read tensor \(key.quoted) of \(file.quoted): Burnish does not compute with its type "
        + "\(type); use a checkpoint in F32, F16 or BF16.")
  }
}
