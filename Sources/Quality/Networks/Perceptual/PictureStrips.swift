internal import Torch

/// Runs a trunk over a large picture in strips of rows, with the same results as at once.
///
/// A strip takes along the rows around it that its features depend on: at most 105 pixels of VGG-16 with DISTS's pooling,
/// the widest. What is wrong at a strip's cut edges lies in those rows and is left out.
struct PictureStrips {
  /// Rows around a strip; a multiple of the trunks' greatest stride, so that windows fall on the same pixels.
  private static let halo = 112
  private static let grid = 16

  /// Pixels from which on a picture is cut into strips: the first stage of VGG-16 takes 256 bytes a pixel, and of the two
  /// pictures several such tensors are there at once.
  let pixelCount: Int

  init(pixelCount: Int = 1 << 20) { self.pixelCount = pixelCount }

  /// Visits the features of two pictures, strip by strip.
  /// - Parameters:
  ///   - trunk: Makes the features of both at once.
  ///   - pair_2BCHW: The normalised pictures, those of the reference behind the others along the first axis.
  ///   - visit: Given the number of a stage and the features of its rows, which are seen once each.
  func forEach(
    _ trunk: PerceptualTrunk, _ pair_BCHW: Tensor, _ visit: (_ stage: Int, _ features_BCHW: Tensor) throws -> Void
  ) throws {
    let (height, width) = (pair_BCHW.size(2), pair_BCHW.size(3))
    // Both pictures of a pair are there together, and a whole number of the greatest stride.
    let rows = max(pixelCount / max(width, 1) / Self.grid * Self.grid, Self.grid)
    for start in stride(from: 0, to: height, by: rows) {
      let end = min(start + rows, height)
      let (top, bottom) = (max(start - Self.halo, 0), min(end + Self.halo, height))
      let taps = try trunk(try pair_BCHW.narrowed(2, from: top, length: bottom - top))
      for (stage, tap) in taps.enumerated() {
        let scale = trunk.layout.strides[stage]
        let first = (start - top) / scale
        let last = end == height ? tap.size(2) : min((end - top) / scale, tap.size(2))
        if last > first { try visit(stage, try tap.narrowed(2, from: first, length: last - first)) }
      }
    }
  }
}
