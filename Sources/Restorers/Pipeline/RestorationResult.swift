/// A restored picture, and how it came about where that was not known before.
public struct RestorationResult {
  /// The picture, values within 0…1, on the CPU.
  public var picture: TensorPicture
  /// Side of the tiles that were used in the end, in pixels; nil for none.
  public var tile: Int?
  /// True when numbers left the range of the networks' type and they were run again in float32.
  public var fellBackToFloat32: Bool
}
