public import Torch

/// The picture that a system is to restore.
public struct RestorationInput {
  /// `[1, 3, H, W]`, 0…1, already at output size, sides multiples of the system's ``Restorer/sideMultiple``.
  public let enlarged_BCHW: Tensor
  /// The same before it was enlarged and padded, `[1, 3, h, w]`, 0…1: what a tagger is shown.
  public let low_BCHW: Tensor

  /// A picture to restore.
  /// - Parameters:
  ///   - enlarged_BCHW: At output size.
  ///   - low_BCHW: At its own size; nil where only the enlarged picture is at hand.
  public init(enlarged_BCHW: Tensor, low_BCHW: Tensor? = nil) {
    self.enlarged_BCHW = enlarged_BCHW
    self.low_BCHW = low_BCHW ?? enlarged_BCHW
  }
}
