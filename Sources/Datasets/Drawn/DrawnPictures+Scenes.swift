internal import Degradation
internal import Foundation

extension DrawnPictures {
  private typealias Point = Canvas.Point
  private typealias Colour = Canvas.Colour

  /// Lines of words, level or turned, dark on light or light on dark, 6 to 40 pixels high.
  static func text(_ canvas: inout Canvas, _ random: inout SeededRandom) {
    let isDark = random.chance(0.7)
    background(&canvas, isLight: isDark, &random)
    let height = logarithmic(6, 40, &random)
    let width = height * random.uniform(0.08...0.22)
    let angle = random.chance(0.7) ? 0 : random.uniform(-0.5...0.5)
    let slant = random.chance(0.8) ? 0 : random.uniform(-0.3...0.3)
    let spacing = height * random.uniform(1.45...2.2)
    let middle = Double(canvas.side) / 2
    let reach = Double(canvas.side) * (angle == 0 ? 0.5 : 0.75)
    let (sine, cosine) = (sin(angle), cos(angle))
    var ink = colour(isLight: !isDark, &random)
    var baseline = -reach + random.uniform(-spacing...0)
    while baseline < reach {
      var left = -reach + random.uniform(-height...height)
      if random.chance(0.15) { ink = colour(isLight: !isDark, &random) }
      while left < reach {
        if random.chance(0.17) {
          left += height * StrokeFont.advance
          continue
        }
        let character = StrokeFont.characters[random.integer(below: StrokeFont.characters.count)]
        let strokes = (StrokeFont.strokes[character] ?? []).map { line in
          line.map { point in
            let p = Point(left + height * (point.x + slant * (1 - point.y)), baseline + height * point.y)
            return Point(middle + cosine * p.x - sine * p.y, middle + sine * p.x + cosine * p.y)
          }
        }
        canvas.stroke(strokes, width: max(width, 0.9), colour: ink)
        left += height * StrokeFont.advance + width * 0.5
      }
      baseline += spacing
    }
  }

  /// Lines 0.8 to 5 pixels wide: straight, bent, and whole families of parallels.
  static func lineArt(_ canvas: inout Canvas, _ random: inout SeededRandom) {
    let isDark = random.chance(0.75)
    background(&canvas, isLight: isDark, &random)
    let side = Double(canvas.side)
    let area = side * side / 25600
    for _ in 0..<max(Int(random.uniform(6...26) * area), 2) {
      let ink = colour(isLight: !isDark, &random)
      let width = logarithmic(0.8, 5, &random)
      let start = place(side, &random)
      switch random.integer(below: 3) {
      case 0: canvas.stroke([[start, place(side, &random)]], width: width, colour: ink)
      case 1:
        let turn = random.uniform(-0.5...0.5)
        canvas.stroke([bent(from: start, turn: turn, step: random.uniform(3...9), &random)], width: width, colour: ink)
      default:
        let direction = heading(random.uniform(-Double.pi...Double.pi))
        let gap = width * random.uniform(2...5)
        let length = random.uniform(10...60)
        let lines = (0..<random.integer(3...9)).map { index in
          let from = start + Point(-direction.y, direction.x) * (gap * Double(index))
          return [from, from + direction * length]
        }
        canvas.stroke(lines, width: width, colour: ink)
      }
    }
  }

  /// One periodic pattern of two colours; periods from 5 pixels, which a fourfold reduction just holds.
  static func grating(_ canvas: inout Canvas, _ random: inout SeededRandom) {
    let first = colour(isLight: true, &random)
    let second = colour(isLight: false, &random)
    let kind = random.integer(below: 4)
    let period = logarithmic(5, 48, &random)
    // How quickly the wave passes from one colour to the other: 1 is a sine, large values are stripes.
    let sharpness = random.chance(0.5) ? 1 : logarithmic(2, period, &random)
    let across = heading(random.uniform(-Double.pi...Double.pi))
    let along = Point(-across.y, across.x)
    let phase = random.uniform(0...period)
    let centre = place(Double(canvas.side), &random)
    let wave: (Double) -> Double = { sin(2 * Double.pi * ($0 + phase) / period) }
    canvas.paint { point in
      let p = point - centre
      let value: Double =
        switch kind {
        case 0, 1: wave((p * across).sum())
        case 2: wave((p * across).sum()) * wave((p * along).sum())
        default: wave((p * p).sum().squareRoot())
        }
      let share = Float(0.5 + 0.5 * min(max(value * sharpness, -1), 1))
      return first * share + second * (1 - share)
    }
  }

  /// A background and nothing on it.
  static func gradient(_ canvas: inout Canvas, _ random: inout SeededRandom) {
    background(&canvas, isLight: random.chance(0.5), isFlat: false, &random)
  }

  /// Polygons of 3 to 7 corners and ellipses, the larger ones below.
  static func shapes(_ canvas: inout Canvas, _ random: inout SeededRandom) {
    background(&canvas, isLight: random.chance(0.5), &random)
    let side = Double(canvas.side)
    let radii = (0..<random.integer(4...18)).map { _ in logarithmic(3, max(side / 3, 4), &random) }.sorted(by: >)
    for radius in radii {
      let centre = place(side, &random)
      let ink = colour(isLight: random.chance(0.5), &random)
      if random.chance(0.35) {
        let other = radius * random.uniform(0.3...1)
        canvas.fill(centre: centre, radii: Point(radius, other), angle: random.uniform(0...Double.pi), colour: ink)
      } else {
        let corners = random.integer(3...7)
        let start = random.uniform(0...2 * Double.pi)
        let polygon = (0..<corners).map { corner in
          let angle = start + (Double(corner) + random.uniform(-0.3...0.3)) / Double(corners) * 2 * Double.pi
          return centre + heading(angle) * (radius * random.uniform(0.6...1.2))
        }
        canvas.fill(polygon: polygon, colour: ink)
      }
    }
  }

  /// Flat, or changing evenly from one colour to another.
  private static func background(
    _ canvas: inout Canvas, isLight: Bool, isFlat: Bool? = nil, _ random: inout SeededRandom
  ) {
    let first = colour(isLight: isLight, &random)
    let second = (isFlat ?? random.chance(0.5)) ? first : colour(isLight: isLight, &random)
    let direction = heading(random.uniform(-Double.pi...Double.pi))
    let length = Double(canvas.side) * random.uniform(0.7...1.5)
    let centre = Point(repeating: Double(canvas.side) / 2)
    canvas.paint { point in
      let share = Float(min(max(0.5 + ((point - centre) * direction).sum() / length, 0), 1))
      return first + (second - first) * share
    }
  }

  /// White or black one time in four, else any light or dark colour.
  private static func colour(isLight: Bool, _ random: inout SeededRandom) -> Colour {
    if random.chance(0.25) { return Colour(repeating: isLight ? 1 : 0) }
    let range = isLight ? 0.55...1 : 0...0.5
    return Colour(Float(random.uniform(range)), Float(random.uniform(range)), Float(random.uniform(range)))
  }

  private static func bent(from start: Point, turn: Double, step: Double, _ random: inout SeededRandom) -> [Point] {
    var angle = random.uniform(-Double.pi...Double.pi)
    var line = [start]
    for _ in 0..<random.integer(4...16) {
      line.append((line.last ?? start) + heading(angle) * step)
      angle += turn + random.uniform(-0.15...0.15)
    }
    return line
  }

  private static func heading(_ angle: Double) -> Point { Point(cos(angle), sin(angle)) }

  private static func place(_ side: Double, _ random: inout SeededRandom) -> Point {
    Point(random.uniform(0...side), random.uniform(0...side))
  }

  private static func logarithmic(_ low: Double, _ high: Double, _ random: inout SeededRandom) -> Double {
    exp(random.uniform(log(low)...log(max(high, low))))
  }
}
