internal import Torch

/// Colour under transparency: restored premultiplied, so that what cannot be seen does not bleed into what can.
enum Transparency {
  /// Colour times alpha; the colour itself for an opaque picture.
  static func premultiplied(_ picture: TensorPicture) throws(TorchError) -> Tensor {
    guard let alpha_B1HW = picture.alpha_B1HW else { return picture.colour_BCHW }
    return try picture.colour_BCHW * alpha_B1HW
  }

  /// Colour divided by alpha again, cut to 0…1; black where nothing can be seen.
  static func divided(_ colour_BCHW: Tensor, by alpha_B1HW: Tensor) throws(TorchError) -> Tensor {
    // Below half a level of 8 bits nothing can be seen, and the quotient would be noise.
    let visible = try alpha_B1HW.greater(0.5 / 255)
    let quotient = try (colour_BCHW / alpha_B1HW.clamped(min: 0.5 / 255)).clamped(min: 0, max: 1)
    return try visible.choose(quotient, try quotient.zerosLike())
  }
}
