/// The sizes of a ``JointBlock`` and which parts it has.
public struct JointBlockLayout: Sendable, Hashable {
  /// Whose tokens come first where both attend as one sequence. It changes rounding, and which rows of a
  /// ``RotaryTable`` are whose.
  public enum Order: Sendable, Hashable {
    /// The picture's, then the text's: Stable Diffusion 3.
    case pictureFirst
    /// The text's, then the picture's: FLUX.1.
    case textFirst
  }

  /// Width of a token and of the conditioning vector.
  public var width: Int
  /// Heads of every attention, which divide the width.
  public var heads: Int
  /// Whether an RMS norm over each head follows queries and keys.
  public var normalisesHeads: Bool
  /// Whose tokens come first.
  public var order: Order
  /// Whether the picture's tokens also attend to themselves alone (SD 3.5 medium).
  public var hasPictureAttention: Bool
  /// Whether the text's tokens go on; SD 3's last block reads them only.
  public var answersText: Bool

  /// A block with both streams complete, and one attention.
  public init(
    width: Int, heads: Int, normalisesHeads: Bool, order: Order, hasPictureAttention: Bool = false,
    answersText: Bool = true
  ) {
    self.width = width
    self.heads = heads
    self.normalisesHeads = normalisesHeads
    self.order = order
    self.hasPictureAttention = hasPictureAttention
    self.answersText = answersText
  }
}
