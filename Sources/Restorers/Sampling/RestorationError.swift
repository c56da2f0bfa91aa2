/// An error while a picture is restored.
public struct RestorationError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was. New kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case notFinite, outOfMemory, argument }
    private let kind: Kind

    /// A latent or a picture held NaN or infinity: run the networks in float32.
    public static let notFinite = Code(kind: .notFinite)
    /// A tile did not fit into memory: halve it.
    public static let outOfMemory = Code(kind: .outOfMemory)
    /// Sizes or settings that do not go together.
    public static let argument = Code(kind: .argument)
  }

  /// The kind of failure.
  public let code: Code
  /// What was being done, with which value, and what to do about it.
  public let message: String
  /// The sampling step at which it happened, counted from 0, where there is one.
  public let step: Int?
  /// The tile at which it happened, where there is one.
  public let tile: Tile?

  /// An error made by hand.
  /// - Parameters:
  ///   - code: The kind of failure.
  ///   - message: What was being done, with which value, and what to do about it.
  ///   - step: The sampling step at which it happened, counted from 0.
  ///   - tile: The tile at which it happened.
  public init(_ code: Code, _ message: String, step: Int? = nil, tile: Tile? = nil) {
    self.code = code
    self.message = message
    self.step = step
    self.tile = tile
  }

  /// The message.
  public var description: String { message }
}
