public import Torch

/// The ways to make one brightness channel of RGB; metrics differ by up to 2 dB between them and RGB.
public enum Luma: String, Sendable, CaseIterable {
  /// BT.601 studio range, MATLAB's `rgb2ycbcr`: 16 + (65.481 R + 128.553 G + 24.966 B) / 255, so 16 … 235.
  case bt601
  /// The Y of YIQ: 0.299 R + 0.587 G + 0.114 B, so 0 … 255.
  case yiq

  /// The brightness on the scale of 0 … 255, not rounded.
  /// - Parameter rgb_BCHW: Three channels on the scale of 0 … 255.
  /// - Returns: Shape B1HW, same type.
  /// - Throws: `TorchError` from libtorch.
  public func callAsFunction(_ rgb_BCHW: Tensor) throws -> Tensor {
    let (weights, offset) =
      self == .bt601 ? ([65.481 / 255, 128.553 / 255, 24.966 / 255], 16.0) : ([0.299, 0.587, 0.114], 0)
    let weights_C11 = try Tensor(weights, [3, 1, 1]).to(rgb_BCHW.dtype, device: rgb_BCHW.device)
    return try (rgb_BCHW * weights_C11).sum([1], keepingAxes: true) + offset
  }
}
