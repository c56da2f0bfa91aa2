/// What went wrong while measuring a picture.
public struct QualityError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was. New kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case picture, configuration }
    private let kind: Kind

    /// Pictures that the metric cannot take.
    public static let picture = Code(kind: .picture)
    /// Sizes of a network that cannot be, or files that it needs and that are not there.
    public static let configuration = Code(kind: .configuration)
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
