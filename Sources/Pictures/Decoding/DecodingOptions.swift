/// Limits of decoding.
public struct DecodingOptions: Sendable, Hashable {
  /// The most pixels (width x height) that a header may claim; 500 million unless set.
  ///
  /// A file of a few bytes can claim a picture of terabytes, so the claim is checked before memory is asked for.
  public var pixelLimit: Int

  /// Makes options.
  public init(pixelLimit: Int = 500_000_000) { self.pixelLimit = pixelLimit }
}
