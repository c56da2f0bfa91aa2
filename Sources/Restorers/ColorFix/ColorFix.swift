public import Torch

/// How the colours of a restored picture are held to those of the low-quality one.
///
/// Diffusion models shift brightness and colour a little. Both methods take them from the reference, the enlarged
/// low-quality picture, and leave the detail of the result.
public enum ColorFix: String, Sendable, Hashable, CaseIterable, Codable {
  /// Everything coarser than about 32 pixels comes from the reference: local, also where light differs from place to
  /// place. Large blotches of the reference come along.
  case wavelet
  /// Each channel gets the reference's mean and deviation: global, the reference's blotches stay out.
  case adain
  /// Nothing.
  case none

  /// Brings colours back.
  /// - Parameters:
  ///   - content_BCHW: The restored picture, float; 0…1 or -1…1, but both pictures in the same range.
  ///   - style_BCHW: The enlarged low-quality picture, of the same shape.
  ///   - strength: 0 leaves the picture, 1 is the whole fix.
  ///   - clamp: Cuts the result to 0…1.
  ///   - stripRows: Rows that the wavelet method works on at a time; nil chooses. The result is the same for any.
  /// - Returns: A float32 picture on the content's device.
  /// - Throws: `RestorationError` for shapes that differ or a strength outside of 0…1; `TorchError`.
  public func apply(
    _ content_BCHW: Tensor, style style_BCHW: Tensor, strength: Double = 1, clamp: Bool = true, stripRows: Int? = nil
  ) throws -> Tensor {
    guard content_BCHW.rank == 4, content_BCHW.shape == style_BCHW.shape else {
      throw RestorationError(
        .argument,
        "colour fix of a picture of shape \(content_BCHW.shape) by one of shape \(style_BCHW.shape): "
          + "both must be BCHW of the same size and number of channels")
    }
    guard (0...1).contains(strength) else {
      throw RestorationError(.argument, "colour fix of strength \(strength): it goes from 0 (none) to 1 (all)")
    }
    let content = try content_BCHW.to(.float32)
    let fixed: Tensor
    switch self {
    case .none: fixed = content
    case .wavelet:
      fixed = try Wavelet.transferringLow(to: content, from: style_BCHW, strength: strength, stripRows: stripRows)
    case .adain:
      fixed = try ChannelStatistics.transferring(to: content, from: style_BCHW, strength: strength)
    }
    return clamp ? try fixed.clamped(min: 0, max: 1) : fixed
  }

  /// Brings back the colours of pictures in 8 bits.
  /// - Parameters:
  ///   - content_BCHW: The restored picture, whole numbers 0…255 of any type.
  ///   - style_BCHW: The enlarged low-quality picture, the same.
  ///   - cutDown: Cuts fractions of a level off, as the release of SeeSR does, which darkens by half a level; the
  ///     default rounds to the nearest.
  /// - Returns: Whole numbers 0…255, float32.
  /// - Throws: `RestorationError` for shapes that differ; `TorchError`.
  public func applyInEightBits(
    _ content_BCHW: Tensor, style style_BCHW: Tensor, cutDown: Bool = false
  ) throws -> Tensor {
    let fixed = try apply(content_BCHW.to(.float32) / 255, style: style_BCHW.to(.float32) / 255) * 255
    return cutDown ? try fixed.floor() : try fixed.round()
  }
}
