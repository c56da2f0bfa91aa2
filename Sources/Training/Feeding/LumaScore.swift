internal import Quality
internal import Torch

/// The scores that training watches.
enum LumaScore {
  /// PSNR on Y of BT.601 with 4 pixels cut off, of pictures in 0…1 rounded to 8 bits, dB.
  static func psnr(_ picture_BCHW: Tensor, _ reference_BCHW: Tensor) throws -> Double {
    try PSNR(luma: .bt601, border: 4)
      .score(try rounded(picture_BCHW), reference_BCHW: try rounded(reference_BCHW))[0]
  }

  /// NIQE of a picture in 0…1 rounded to 8 bits; nil where it has fewer than the two blocks of 96 pixels that NIQE needs.
  static func niqe(_ picture_BCHW: Tensor) throws -> Double? {
    guard picture_BCHW.size(2) / 96 * (picture_BCHW.size(3) / 96) > 1 else { return nil }
    return try NIQE().score(try rounded(picture_BCHW))[0]
  }

  private static func rounded(_ x: Tensor) throws(TorchError) -> Tensor {
    try (x.to(.float32, device: .cpu).clamped(min: 0, max: 1) * 255).round() / 255
  }
}
