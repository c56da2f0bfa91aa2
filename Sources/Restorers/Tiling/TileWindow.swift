import Foundation

/// How much each pixel of a tile counts where tiles overlap.
///
/// Weights are a product of one factor down and one across. At the rim of the canvas, where there is no neighbour, nothing
/// fades.
public enum TileWindow: String, Sendable, Hashable, CaseIterable {
  /// A raised cosine over the whole overlap and 1 elsewhere: the widest transition that an overlap allows, so that
  /// differences in brightness between tiles become slopes and not edges.
  case cosine
  /// `exp(-(i - m)² / (0.02 L²)) / √(0.02 π)` with m the tile's centre, `(L - 1) / 2`: nearly a switch between the tiles at
  /// the middle of their overlap.
  case gaussian
  /// The Gaussian as the releases of SeeSR and StableSR have it, centred half a pixel too low down the rows, at `L / 2`.
  case unevenGaussian

  /// The factors of a tile's pixels along one axis, not normalised.
  /// - Parameters:
  ///   - side: The tile's length.
  ///   - before: Pixels shared with the tile before it; 0 at the canvas's edge.
  ///   - after: Pixels shared with the tile after it; 0 at the canvas's edge.
  ///   - isVertical: True down the rows.
  public func factors(side: Int, before: Int, after: Int, isVertical: Bool) -> [Double] {
    switch self {
    case .cosine:
      return (0..<side).map { Self.ramp($0, over: before) * Self.ramp(side - 1 - $0, over: after) }
    case .gaussian, .unevenGaussian:
      let length = Double(side)
      let centre = self == .unevenGaussian && isVertical ? length / 2 : (length - 1) / 2
      return (0..<side).map { index in
        let distance = Double(index) - centre
        return exp(-distance * distance / (0.02 * length * length)) / (0.02 * Double.pi).squareRoot()
      }
    }
  }

  /// Rises from just above 0 to just below 1 over `width` pixels; the ramp of the tile opposite fills it up to 1.
  private static func ramp(_ index: Int, over width: Int) -> Double {
    index >= width ? 1 : 0.5 - 0.5 * cos(Double.pi * (Double(index) + 0.5) / Double(width))
  }

  /// For each tile along an axis its pixels' share: at each pixel of the canvas, shares add up to 1.
  func shares(_ axis: TileAxis, isVertical: Bool) -> [[Double]] {
    let origins = axis.origins
    let factors = origins.indices.map { index in
      self.factors(
        side: axis.side, before: index > 0 ? max(origins[index - 1] + axis.side - origins[index], 0) : 0,
        after: index + 1 < origins.count ? max(origins[index] + axis.side - origins[index + 1], 0) : 0,
        isVertical: isVertical)
    }
    var sums = [Double](repeating: 0, count: axis.length)
    for (origin, list) in zip(origins, factors) {
      for (offset, factor) in list.enumerated() { sums[origin + offset] += factor }
    }
    return zip(origins, factors).map { origin, list in
      list.enumerated().map { $1 / sums[origin + $0] }
    }
  }
}
