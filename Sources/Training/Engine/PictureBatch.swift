public import Torch

/// What most trainings learn from: pictures in 0…1, and their low-quality partners.
public struct PictureBatch {
  /// `[B, 3, crop, crop]`.
  public var high_BCHW: Tensor
  /// `[B, 3, crop / scale, crop / scale]`.
  public var low_BCHW: Tensor
  /// What is on each picture, in words; empty where nobody said.
  public var captions: [String]

  /// A batch.
  /// - Parameter captions: One a picture; none stands for empty ones.
  public init(high_BCHW: Tensor, low_BCHW: Tensor, captions: [String] = []) {
    self.high_BCHW = high_BCHW
    self.low_BCHW = low_BCHW
    self.captions = captions.isEmpty ? Array(repeating: "", count: high_BCHW.size(0)) : captions
  }

  /// Pictures in a batch.
  public var count: Int { high_BCHW.size(0) }

  /// The same pictures elsewhere.
  public func on(_ device: Device) throws(TorchError) -> PictureBatch {
    PictureBatch(
      high_BCHW: try high_BCHW.to(device: device), low_BCHW: try low_BCHW.to(device: device), captions: captions)
  }

  /// The low-quality pictures at the size of their partners, as a restorer gets them.
  public func enlarged_BCHW() throws(TorchError) -> Tensor {
    if low_BCHW.size(2) == high_BCHW.size(2), low_BCHW.size(3) == high_BCHW.size(3) { return low_BCHW }
    return try low_BCHW.resized(height: high_BCHW.size(2), width: high_BCHW.size(3), .bicubic, antialias: true)
      .clamped(min: 0, max: 1)
  }
}
