public import Torch

extension PlanarImage {
  /// The picture as a float32 tensor of shape 1CHW on the CPU.
  /// - Throws: `TorchError` when memory is short.
  public func tensor() throws -> Tensor { try Tensor(pixels, [1, channels, height, width]) }

  /// Pictures of one size as a float32 tensor of shape BCHW on the CPU.
  /// - Parameter images: At least one; all of the same size.
  /// - Throws: `DegradationError` when the sizes differ or there is none; `TorchError` when memory is short.
  public static func tensor(_ images: [PlanarImage]) throws -> Tensor {
    guard let first = images.first else {
      throw DegradationError(.picture, "making a batch of pictures: there is none")
    }
    var values: [Float] = []
    values.reserveCapacity(first.pixels.count * images.count)
    for image in images {
      guard (image.width, image.height, image.channels) == (first.width, first.height, first.channels) else {
        throw DegradationError(
          .picture,
          "making a batch of pictures of \(first.width)x\(first.height)x\(first.channels): one of them has "
            + "\(image.width)x\(image.height)x\(image.channels)")
      }
      values.append(contentsOf: image.pixels)
    }
    return try Tensor(values, [images.count, first.channels, first.height, first.width])
  }

  /// The pictures of a BCHW tensor of any number type and device (0 … 1), one for each batch element.
  /// - Parameter tensor: Rank 4.
  /// - Throws: `DegradationError` for another rank or an empty tensor; `TorchError` from libtorch.
  public static func images(_ tensor: Tensor) throws -> [PlanarImage] {
    let shape = tensor.shape
    guard shape.count == 4, !shape.contains(0) else {
      throw DegradationError(
        .picture, "reading pictures from a tensor of shape \(shape): it must be BCHW and not empty")
    }
    let values = try tensor.floats()
    let count = shape[1] * shape[2] * shape[3]
    return (0..<shape[0]).map { item in
      PlanarImage(
        unchecked: Array(values[item * count..<(item + 1) * count]), width: shape[3], height: shape[2],
        channels: shape[1])
    }
  }
}
