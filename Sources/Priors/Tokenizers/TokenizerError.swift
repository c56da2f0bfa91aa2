/// An error in a tokenizer's files.
public struct TokenizerError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was. New kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case unreadable, malformed }
    private let kind: Kind

    /// A file is absent or cannot be read.
    public static let unreadable = Code(kind: .unreadable)
    /// A file breaks the rules of its format, or the files contradict one another.
    public static let malformed = Code(kind: .malformed)
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
