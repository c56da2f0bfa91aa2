public import Torch

/// A picture as tensors: what goes into the pipeline and comes out of it.
public struct TensorPicture {
  /// `[1, 3, H, W]`, 0…1, sRGB.
  public var colour_BCHW: Tensor
  /// `[1, 1, H, W]`, 0…1; nil for an opaque picture.
  public var alpha_B1HW: Tensor?
  /// All three channels are equal and shall stay so.
  public var isGrey: Bool

  /// A picture.
  public init(colour_BCHW: Tensor, alpha_B1HW: Tensor? = nil, isGrey: Bool = false) {
    self.colour_BCHW = colour_BCHW
    self.alpha_B1HW = alpha_B1HW
    self.isGrey = isGrey
  }

  /// Columns.
  public var width: Int { colour_BCHW.size(3) }
  /// Rows.
  public var height: Int { colour_BCHW.size(2) }
}
