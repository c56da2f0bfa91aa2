internal import CTorch

/// An error that came through the door to libtorch, or that the Swift side found before knocking.
public struct TorchError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was. New kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case outOfMemory, operation, argument, version }
    private let kind: Kind

    /// The device had no memory left: try again with smaller tiles.
    public static let outOfMemory = Code(kind: .outOfMemory)
    /// libtorch refused the call.
    public static let operation = Code(kind: .operation)
    /// The arguments were wrong before libtorch saw them.
    public static let argument = Code(kind: .argument)
    /// The libtorch that was loaded is not one that this program can run on.
    public static let version = Code(kind: .version)
  }

  /// The kind of failure.
  public let code: Code
  /// What was being done, with which value, and what libtorch said.
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

  /// Throws unless `status` is success, with this thread's last message.
  static func check(_ status: ctorch_status, doing operation: @autoclosure () -> String) throws(TorchError) {
    guard status != CTORCH_OK else { return }
    let text = String(cString: ctorch_last_error())
    throw TorchError(status == CTORCH_OUT_OF_MEMORY ? .outOfMemory : .operation, "\(operation()): \(text)")
  }
}
