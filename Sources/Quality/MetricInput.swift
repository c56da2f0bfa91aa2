internal import Torch

/// A pair of pictures as the classic metrics want it: float64 on the CPU, on the scale of 0 … 255, without the border.
struct MetricInput {
  let image_BCHW: Tensor
  let reference_BCHW: Tensor

  /// - Parameters:
  ///   - luma: nil keeps RGB.
  ///   - border: Pixels cut from each side.
  ///   - metric: For the messages.
  init(_ image: Tensor, _ reference: Tensor, luma: Luma?, border: Int, metric: String) throws {
    guard image.shape == reference.shape, image.rank == 4, image.size(1) == 3 else {
      throw QualityError(
        .picture,
        "measuring \(metric) of tensors of shape \(image.shape) and \(reference.shape): both must be the same B3HW")
    }
    guard border >= 0, min(image.size(2), image.size(3)) > 2 * border else {
      throw QualityError(
        .picture,
        "measuring \(metric) of pictures of \(image.size(3))x\(image.size(2)) without a border of \(border): nothing is left"
      )
    }
    image_BCHW = try Self.levels(image, luma, border)
    reference_BCHW = try Self.levels(reference, luma, border)
  }

  private static func levels(_ tensor: Tensor, _ luma: Luma?, _ border: Int) throws -> Tensor {
    let scale: Double = tensor.dtype == .uint8 ? 1 : 255
    let levels = try tensor.to(device: .cpu).to(.float64) * scale
    let inner = try levels.narrowed(2, from: border, length: levels.size(2) - 2 * border)
      .narrowed(3, from: border, length: levels.size(3) - 2 * border)
    return try luma?(inner) ?? inner
  }
}
