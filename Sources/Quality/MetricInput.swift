internal import Torch

/// What metrics ask of tensors of pictures.
enum MetricInput {
  /// Two batches of the same sizes.
  /// - Throws: `QualityError` for any others.
  static func check(_ image: Tensor, _ reference: Tensor, metric: String) throws {
    guard image.shape == reference.shape, image.rank == 4, image.size(1) == 3 else {
      throw QualityError(
        .picture,
        "measuring \(metric) of tensors of shape \(image.shape) and \(reference.shape): both must be the same B3HW")
    }
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
