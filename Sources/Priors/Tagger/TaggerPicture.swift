public import Torch

/// A picture as the tagger is given it.
public enum TaggerPicture {
  /// Means of ImageNet's red, green and blue.
  private static let means: [Float] = [0.485, 0.456, 0.406]
  /// Standard deviations of ImageNet's red, green and blue.
  private static let deviations: [Float] = [0.229, 0.224, 0.225]

  /// Resizes to a square, whatever the picture's proportions, and normalises by ImageNet's statistics.
  /// - Parameters:
  ///   - picture_BCHW: `[B, 3, H, W]`, RGB, 0…1, in any floating-point type.
  ///   - side: ``TaggerConfig/imageSide``.
  ///   - resampling: What stands between pixels. Overshoots of bicubic are not cut off, as in the originals.
  /// - Returns: `[B, 3, side, side]`, float32.
  /// - Throws: `TorchError` for a picture without three channels, and when memory runs out.
  public static func normalised(
    _ picture_BCHW: Tensor, side: Int, resampling: TaggerResampling
  ) throws(TorchError) -> Tensor {
    guard picture_BCHW.rank == 4, picture_BCHW.size(1) == 3 else {
      throw TorchError(
        .argument, "the tagger was given a picture of shape \(picture_BCHW.shape); it takes [B, 3, H, W]")
    }
    let resized_BCHW = try picture_BCHW.to(.float32).resized(height: side, width: side, resampling.interpolation)
    let device = picture_BCHW.device
    return try (resized_BCHW - Tensor(means, [1, 3, 1, 1]).to(device: device))
      / Tensor(deviations, [1, 3, 1, 1]).to(device: device)
  }
}
