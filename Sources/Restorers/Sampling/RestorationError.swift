/// An error while a picture is restored.
public struct RestorationError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was. New kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case notFinite, argument, memory }
    private let kind: Kind

    /// A latent or a picture held NaN or infinity: run the networks in float32.
    public static let notFinite = Code(kind: .notFinite)
    /// The picture does not fit into the memory that may be used.
    public static let memory = Code(kind: .memory)
    /// Sizes or settings that do not go together.
    public static let argument = Code(kind: .argument)
  }

  /// The kind of failure.
  public let code: Code
  /// What was being done, with which value, and what to do about it.
  public let message: String
  /// The sampling step at which it happened, counted from 0, where there is one.
  public let step: Int?

  /// An error made by hand.
  /// - Parameters:
  ///   - code: The kind of failure.
  ///   - message: What was being done, with which value, and what to do about it.
  ///   - step: The sampling step at which it happened, counted from 0.
  public init(_ code: Code, _ message: String, step: Int? = nil) {
    self.code = code
    self.message = message
    self.step = step
  }

  /// The message.
  public var description: String { message }
}
