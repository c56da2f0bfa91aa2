/// What a drawn picture shows.
public enum DrawnScene: String, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
  /// Lines of letters and digits.
  case text
  /// Thin straight and bent lines.
  case lineArt = "line-art"
  /// Stripes, checks and rings of one period.
  case grating
  /// Smooth changes of colour.
  case gradient
  /// Overlapping polygons and ellipses.
  case shapes
}
