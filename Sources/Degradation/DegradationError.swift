/// What went wrong while degrading a picture or reading a recipe.
public struct DegradationError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was. New kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case picture, recipe, codec }
    private let kind: Kind

    /// A picture whose sizes and pixels do not fit, or do not fit the operation.
    public static let picture = Code(kind: .picture)
    /// A recipe, or a part of one, that cannot be carried out.
    public static let recipe = Code(kind: .recipe)
    /// The picture codec answered something else than it was asked for.
    public static let codec = Code(kind: .codec)
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
