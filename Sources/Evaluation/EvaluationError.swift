/// What went wrong while an evaluation was planned or run.
public struct EvaluationError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was. New kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case argument, picture, report }
    private let kind: Kind

    /// Options that cannot be meant.
    public static let argument = Code(kind: .argument)
    /// A picture that cannot be used.
    public static let picture = Code(kind: .picture)
    /// The report folder cannot be read or written.
    public static let report = Code(kind: .report)
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
