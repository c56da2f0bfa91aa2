internal import Quality
internal import Torch

/// The score that training watches.
enum LumaScore {
  /// PSNR on Y of BT.601 with 4 pixels cut off, of pictures in 0…1 rounded to 8 bits, dB.
  static func psnr(_ picture_BCHW: Tensor, _ reference_BCHW: Tensor) throws -> Double {
    func bytes(_ x: Tensor) throws -> Tensor {
      try (x.to(.float32, device: .cpu).clamped(min: 0, max: 1) * 255).round()
    }
    return try PSNR(luma: .bt601, border: 4).score(try bytes(picture_BCHW), reference_BCHW: try bytes(reference_BCHW))[
      0]
  }
}
