/// Where the tiles between the first and the last one lie. The first begins at the canvas's edge, the last ends at it.
public enum TilePlacement: String, Sendable, Hashable, CaseIterable {
  /// At equal distances: all overlaps are nearly the same.
  case even
  /// At full distance each, so that the last overlap may be large: the grid of SeeSR and StableSR.
  case stride
}
