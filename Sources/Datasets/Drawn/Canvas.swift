internal import Degradation
internal import Foundation

/// A square RGB picture being drawn; shapes are anti-aliased by their distance to the pixel centre.
struct Canvas {
  typealias Colour = SIMD3<Float>
  typealias Point = SIMD2<Double>

  let side: Int
  private var pixels: [Float]
  private var mask: [Float]

  init(side: Int) {
    self.side = side
    pixels = [Float](repeating: 0, count: 3 * side * side)
    mask = [Float](repeating: 0, count: side * side)
  }

  func picture() throws -> PlanarImage { try PlanarImage(width: side, height: side, pixels: pixels) }

  /// Colours every pixel by its centre, in pixels from the top left corner.
  mutating func paint(_ colour: (Point) -> Colour) {
    for y in 0..<side {
      for x in 0..<side { blend(colour(Point(Double(x) + 0.5, Double(y) + 0.5)), 1, x, y) }
    }
  }

  /// Draws lines of one width as one shape with round ends.
  mutating func stroke(_ lines: [[Point]], width: Double, colour: Colour) {
    var bounds = Bounds()
    for line in lines {
      for (from, to) in zip(line, line.dropFirst().isEmpty ? line : Array(line.dropFirst())) {
        let box = Bounds(from, to, margin: width / 2 + 1, side: side)
        bounds.extend(box)
        let direction = to - from
        let squared = max((direction * direction).sum(), 1e-12)
        cover(box) { point in
          let along = min(max(((point - from) * direction).sum() / squared, 0), 1)
          let offset = point - from - direction * along
          return width / 2 - (offset * offset).sum().squareRoot()
        }
      }
    }
    composite(bounds, colour)
  }

  /// Fills an ellipse.
  mutating func fill(centre: Point, radii: Point, angle: Double, colour: Colour) {
    let reach = max(radii.x, radii.y)
    let box = Bounds(centre - Point(repeating: reach), centre + Point(repeating: reach), margin: 1, side: side)
    let (sine, cosine) = (sin(angle), cos(angle))
    cover(box) { point in
      let p = point - centre
      let turned = Point(cosine * p.x + sine * p.y, cosine * p.y - sine * p.x) / radii
      let radius = (turned * turned).sum().squareRoot()
      // First-order distance: the implicit function over the length of its gradient.
      let slope = turned / radii
      return (1 - radius) * radius / max((slope * slope).sum().squareRoot(), 1e-9)
    }
    composite(box, colour)
  }

  /// Fills a polygon, by the even-odd rule where it crosses itself.
  mutating func fill(polygon: [Point], colour: Colour) {
    var box = Bounds()
    for point in polygon { box.extend(Bounds(point, point, margin: 1, side: side)) }
    let edges = Array(zip(polygon, polygon.dropFirst() + polygon.prefix(1)))
    cover(box) { point in
      var nearest = Double.infinity
      var isInside = false
      for (from, to) in edges {
        let direction = to - from
        let along = min(max(((point - from) * direction).sum() / max((direction * direction).sum(), 1e-12), 0), 1)
        let offset = point - from - direction * along
        nearest = min(nearest, (offset * offset).sum())
        if (from.y > point.y) != (to.y > point.y), point.x < from.x + (point.y - from.y) / (to.y - from.y) * direction.x
        {
          isInside.toggle()
        }
      }
      return (isInside ? 1 : -1) * nearest.squareRoot()
    }
    composite(box, colour)
  }

  /// Raises the mask to the coverage that a signed distance (above 0 inside) gives.
  private mutating func cover(_ box: Bounds, _ distance: (Point) -> Double) {
    for y in box.rows {
      for x in box.columns {
        let coverage = Float(min(max(distance(Point(Double(x) + 0.5, Double(y) + 0.5)) + 0.5, 0), 1))
        mask[y * side + x] = max(mask[y * side + x], coverage)
      }
    }
  }

  private mutating func composite(_ box: Bounds, _ colour: Colour) {
    for y in box.rows {
      for x in box.columns {
        blend(colour, mask[y * side + x], x, y)
        mask[y * side + x] = 0
      }
    }
  }

  private mutating func blend(_ colour: Colour, _ opacity: Float, _ x: Int, _ y: Int) {
    for channel in 0..<3 {
      let index = (channel * side + y) * side + x
      pixels[index] += (min(max(colour[channel], 0), 1) - pixels[index]) * opacity
    }
  }

  /// The pixels that a shape may touch.
  private struct Bounds {
    var columns = 0..<0
    var rows = 0..<0

    init() {}

    init(_ a: Point, _ b: Point, margin: Double, side: Int) {
      columns = Self.range(min(a.x, b.x) - margin, max(a.x, b.x) + margin, side)
      rows = Self.range(min(a.y, b.y) - margin, max(a.y, b.y) + margin, side)
    }

    private static func range(_ low: Double, _ high: Double, _ side: Int) -> Range<Int> {
      let limits = 0...Double(side)
      let begin = min(max(low.rounded(.down), limits.lowerBound), limits.upperBound)
      return Int(begin)..<Int(min(max(high.rounded(.up), begin), limits.upperBound))
    }

    mutating func extend(_ other: Bounds) {
      guard !other.columns.isEmpty, !other.rows.isEmpty else { return }
      guard !columns.isEmpty, !rows.isEmpty else {
        self = other
        return
      }
      columns = min(columns.lowerBound, other.columns.lowerBound)..<max(columns.upperBound, other.columns.upperBound)
      rows = min(rows.lowerBound, other.rows.lowerBound)..<max(rows.upperBound, other.rows.upperBound)
    }
  }
}
