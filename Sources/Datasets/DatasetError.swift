/// What went wrong while finding, holding, cropping or making training pictures.
public struct DatasetError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was. New kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case folder, picture, argument, stopped, manifest }
    private let kind: Kind

    /// A folder that cannot be read or holds no picture.
    public static let folder = Code(kind: .folder)
    /// A picture that cannot be used.
    public static let picture = Code(kind: .picture)
    /// A setting that makes no sense.
    public static let argument = Code(kind: .argument)
    /// A data set's own files cannot be understood, or do not fit together.
    public static let manifest = Code(kind: .manifest)
    /// The loader was stopped.
    public static let stopped = Code(kind: .stopped)
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
