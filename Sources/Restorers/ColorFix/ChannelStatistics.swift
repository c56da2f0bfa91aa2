import Torch

/// Adaptive instance normalisation (Huang and Belongie 2017): `(c - mean_c) / std_c · std_s + mean_s` for each channel,
/// with `std = √(unbiased variance + 1e-5)`.
enum ChannelStatistics {
  private static let epsilon = 1e-5

  static func transferring(to content: Tensor, from style: Tensor, strength: Double) throws(TorchError) -> Tensor {
    let style = try style.to(.float32, device: content.device)
    // One factor and one offset a channel: no picture-sized temporaries.
    let factor = try deviation(style) / deviation(content)
    let offset = try mean(style) - mean(content) * factor
    return try content * (factor * strength + (1 - strength)) + offset * strength
  }

  private static func mean(_ x: Tensor) throws(TorchError) -> Tensor { try x.mean([2, 3], keepingAxes: true) }

  private static func deviation(_ x: Tensor) throws(TorchError) -> Tensor {
    // A picture of one pixel has no deviation.
    let correction = x.size(2) * x.size(3) > 1 ? 1 : 0
    return try (x.variance([2, 3], correction: correction, keepingAxes: true) + epsilon).sqrt()
  }
}
