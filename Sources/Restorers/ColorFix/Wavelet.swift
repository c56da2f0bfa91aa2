public import Torch

/// The "à trous" decomposition of a picture into coarse and fine parts, by five blurs of growing reach.
///
/// Blur r weighs each pixel and its neighbours at distance r with `[1, 2, 1] / 4` down and across; beyond the border stands
/// the border pixel. Low is what is left after r = 1, 2, 4, 8 and 16, high is the picture less low.
///
/// The blurs are made of sums of shifted pictures with weights that are powers of two: every pixel's value is the
/// same, to the bit, whatever part of a picture it is computed in.
public enum Wavelet {
  /// The distances of the blurs, in order.
  public static let radii = [1, 2, 4, 8, 16]

  /// How far a pixel's low part reaches: the sum of ``radii``.
  public static let reach = 31

  /// One blur.
  /// - Parameters:
  ///   - x_BCHW: A picture, float.
  ///   - radius: The distance of the neighbours in pixels.
  /// - Throws: `TorchError`.
  public static func blurred(_ x_BCHW: Tensor, radius: Int) throws(TorchError) -> Tensor {
    try blurred(blurred(x_BCHW, axis: 2, radius: radius), axis: 3, radius: radius)
  }

  /// `x / 2` plus a quarter of each neighbour along an axis: first those before, then those after.
  private static func blurred(_ x: Tensor, axis: Int, radius: Int) throws(TorchError) -> Tensor {
    let length = x.size(axis)
    let border = min(radius, length)
    let inside = length - border
    let sum = try x * 0.5
    let first = try x.narrowed(axis, from: 0, length: 1)
    let last = try x.narrowed(axis, from: length - 1, length: 1)
    try sum.narrowed(axis, from: 0, length: border).add(inPlace: first, scale: 0.25)
    if inside > 0 {
      try sum.narrowed(axis, from: border, length: inside)
        .add(inPlace: x.narrowed(axis, from: 0, length: inside), scale: 0.25)
      try sum.narrowed(axis, from: 0, length: inside)
        .add(inPlace: x.narrowed(axis, from: border, length: inside), scale: 0.25)
    }
    try sum.narrowed(axis, from: inside, length: border).add(inPlace: last, scale: 0.25)
    return sum
  }

  /// The coarse part of a picture.
  /// - Parameter x_BCHW: A picture, float.
  /// - Throws: `TorchError`.
  public static func low(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    var low = x_BCHW
    for radius in radii { low = try blurred(low, radius: radius) }
    return low
  }

  /// The result's fine part on the reference's coarse part: `content + strength · low(style - content)`, the blurs being
  /// linear.
  static func transferringLow(
    to content: Tensor, from style: Tensor, strength: Double, stripRows: Int?
  ) throws -> Tensor {
    let height = content.size(2)
    // Strips of four million pixels keep temporaries near 200 MB; no less than 8 halos keeps the repeated work small.
    let rows = stripRows ?? max(4_194_304 / max(content.size(3), 1), 8 * reach)
    guard rows > 0 else {
      throw RestorationError(.argument, "colour fix in strips of \(rows) rows: it must be at least 1")
    }
    let result = try Tensor.empty(content.shape, device: content.device)
    for start in stride(from: 0, to: height, by: rows) {
      let end = min(start + rows, height)
      let first = max(start - reach, 0)
      let length = min(end + reach, height) - first
      let part = try content.narrowed(2, from: first, length: length)
      let reference = try style.narrowed(2, from: first, length: length).to(.float32, device: content.device)
      var shift = try low(reference - part).narrowed(2, from: start - first, length: end - start)
      if strength != 1 { shift = try shift * strength }
      let target = try result.narrowed(2, from: start, length: end - start)
      try target.copy(inPlace: content.narrowed(2, from: start, length: end - start) + shift)
    }
    return result
  }
}
