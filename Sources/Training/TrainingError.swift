/// An error of a recipe or of a training run.
public struct TrainingError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was. New kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case recipe, data, state, divergence }
    private let kind: Kind

    /// The recipe cannot be read, or holds something it should not.
    public static let recipe = Code(kind: .recipe)
    /// The training pictures cannot be used.
    public static let data = Code(kind: .data)
    /// A run's stored state does not fit.
    public static let state = Code(kind: .state)
    /// The loss is no longer a number.
    public static let divergence = Code(kind: .divergence)
  }

  /// The kind of failure.
  public let code: Code
  /// What was being done, with which value, and what to do about it.
  public let message: String

  /// An error made by hand.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
