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
  public func callAsFunction(_ rgb_BCHW: Tensor) throws -> Tensor { try brightness(rgb_BCHW) }

  /// The weights of R, G and B times ``divisor``: whole numbers, so that sums of levels are exact, and what lies right between
  /// two levels is rounded as such.
  var weights: [Double] { self == .bt601 ? [65481, 128553, 24966] : [299, 587, 114] }

  /// What the weighted sum is divided by.
  var divisor: Double { self == .bt601 ? 255_000 : 1000 }

  /// The brightness of black.
  var offset: Double { self == .bt601 ? 16 : 0 }

  private func brightness(_ rgb_BCHW: Tensor) throws(TorchError) -> Tensor {
    // Channel by channel: a product of all three and its sum take three times as long.
    let sum_B1HW = try rgb_BCHW.narrowed(1, from: 0, length: 1) * weights[0]
    for channel in 1...2 {
      try sum_B1HW.add(inPlace: rgb_BCHW.narrowed(1, from: channel, length: 1), scale: weights[channel])
    }
    return try sum_B1HW / divisor + offset
  }

  /// The brightness in whole levels, as the references round it.
  ///
  /// With YIQ's weights one pixel in a thousand lies right between two levels. Which one it takes follows from pyiqa's
  /// arithmetic: in float32 on the scale of 0 … 1, each product added without being rounded by itself.
  /// - Parameter rgb_BCHW: Three channels on the scale of 0 … 255, float64.
  /// - Returns: Shape B1HW, float64.
  /// - Throws: `TorchError` from libtorch.
  func rounded(_ rgb_BCHW: Tensor) throws(TorchError) -> Tensor {
    guard self == .yiq else { return try brightness(rgb_BCHW).round() }
    func single(_ x: Tensor) throws(TorchError) -> Tensor { try x.to(.float32).to(.float64) }
    let unit_BCHW = try single(rgb_BCHW / 255)
    var sum_B1HW = try unit_BCHW.narrowed(1, from: 0, length: 1).zerosLike()
    for (channel, weight) in weights.map({ Float($0 / divisor) }).enumerated() {
      sum_B1HW = try single(sum_B1HW + unit_BCHW.narrowed(1, from: channel, length: 1) * Double(weight))
    }
    return try single(sum_B1HW * 255).round()
  }
}
