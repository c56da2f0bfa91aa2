/// An error in a scheduler's configuration, or in how it was asked to step.
public struct SchedulerError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was. New kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case configuration, unsupported, request, step }
    private let kind: Kind

    /// The configuration cannot be read or contradicts itself.
    public static let configuration = Code(kind: .configuration)
    /// The configuration is sound but asks for something that Burnish does not have.
    public static let unsupported = Code(kind: .unsupported)
    /// The number of steps, or the list of times, is not one that this schedule can serve.
    public static let request = Code(kind: .request)
    /// A step was called with an index or with tensors that it cannot use.
    public static let step = Code(kind: .step)
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
