internal import Torch

/// A pair of pictures as the classic metrics want it: float64 on the CPU, on the scale of 0 … 255, without the border.
struct MetricInput {
  let image_BCHW: Tensor
  let reference_BCHW: Tensor

  /// - Parameters:
  ///   - luma: nil keeps RGB.
  ///   - border: Pixels cut from each side.
  ///   - metric: For the messages.
  ///   - roundsLuma: Whether brightness is rounded to whole levels.
  init(
    _ image: Tensor, _ reference: Tensor, luma: Luma?, border: Int, roundsLuma: Bool = false, metric: String
  ) throws {
    try Self.check(image, reference, metric: metric)
    func levels(_ picture: Tensor) throws -> Tensor {
      try Self.levels(picture, luma, border, roundsLuma: roundsLuma, metric: metric)
    }
    image_BCHW = try levels(image)
    reference_BCHW = try levels(reference)
  }

  /// Two batches of the same sizes.
  /// - Throws: `QualityError` for any others.
  static func check(_ image: Tensor, _ reference: Tensor, metric: String) throws {
    guard image.shape == reference.shape, image.rank == 4, image.size(1) == 3 else {
      throw QualityError(
        .picture,
        "measuring \(metric) of tensors of shape \(image.shape) and \(reference.shape): both must be the same B3HW")
    }
  }

  /// One picture of such a pair.
  static func levels(
    _ tensor: Tensor, _ luma: Luma?, _ border: Int, roundsLuma: Bool = false, metric: String
  ) throws -> Tensor {
    guard tensor.rank == 4, tensor.size(1) == 3 else {
      throw QualityError(.picture, "measuring \(metric) of a tensor of shape \(tensor.shape): it must be B3HW")
    }
    guard border >= 0, min(tensor.size(2), tensor.size(3)) > 2 * border else {
      throw QualityError(
        .picture,
        "measuring \(metric) of pictures of \(tensor.size(3))x\(tensor.size(2)) without a border of \(border): nothing is left"
      )
    }
    let scale: Double = tensor.dtype == .uint8 ? 1 : 255
    let numbers = try tensor.to(device: .cpu).to(.float64)
    let levels = scale == 1 ? numbers : try numbers * scale
    let inner = try levels.narrowed(2, from: border, length: levels.size(2) - 2 * border)
      .narrowed(3, from: border, length: levels.size(3) - 2 * border)
    guard let luma else { return inner }
    return try roundsLuma ? luma.rounded(inner) : luma(inner)
  }

  /// Pictures as networks want them: float32 in 0 … 1, where the network is.
  static func unit(_ tensor: Tensor, on device: Device, metric: String) throws -> Tensor {
    guard tensor.rank == 4, tensor.size(1) == 3 else {
      throw QualityError(.picture, "measuring \(metric) of a tensor of shape \(tensor.shape): it must be B3HW")
    }
    let placed = try tensor.to(device: device).to(.float32)
    return tensor.dtype == .uint8 ? try placed / 255 : placed
  }
}
