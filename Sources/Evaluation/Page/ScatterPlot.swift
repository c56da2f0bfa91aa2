internal import Foundation

/// The perception–distortion plane as SVG: nearness to the reference to the right, quality by itself upwards, so that what is
/// better lies to the upper right whatever the metrics' directions.
struct ScatterPlot {
  struct Point {
    let name: String
    /// Points of one series are joined: the same model at several steps.
    let series: String
    let colour: Int
    let x: Double
    let y: Double
  }

  let x: ResultTable.Column
  let y: ResultTable.Column
  let points: [Point]

  private static let (width, height) = (720.0, 420.0)
  private static let (left, right, top, bottom) = (76.0, 40.0, 26.0, 58.0)
  /// Colours that the page's style has.
  static let colourCount = 8

  /// The plane of a block; nil where it has no such pair of columns or no two numbers.
  init?(_ block: ResultTable.Block, y: ResultTable.Column) {
    guard
      let x = block.columns.first(where: { $0.name.hasPrefix("psnr") })
        ?? block.columns.first(where: \.isReferenced)
    else { return nil }
    self.x = x
    self.y = y
    var series: [String] = []
    points = block.rows.compactMap { row in
      if !series.contains(row.model) { series.append(row.model) }
      guard let a = row.values[x.name]?.mean, let b = row.values[y.name]?.mean, a.isFinite, b.isFinite else {
        return nil
      }
      return Point(
        name: row.name, series: row.model, colour: (series.firstIndex(of: row.model) ?? 0) % Self.colourCount, x: a,
        y: b)
    }
    guard !points.isEmpty else { return nil }
  }

  /// The drawing.
  func svg(title: String, isHidden: Bool) -> String {
    let (xs, ys) = (
      Scale(points.map(\.x), turned: !x.higherIsBetter), Scale(points.map(\.y), turned: !y.higherIsBetter)
    )
    func column(_ value: Double) -> Double { Self.left + xs.part(value) * (Self.width - Self.left - Self.right) }
    func row(_ value: Double) -> Double {
      Self.height - Self.bottom - ys.part(value) * (Self.height - Self.top - Self.bottom)
    }
    let (floor, end) = (Self.height - Self.bottom, Self.width - Self.right)
    var parts = [
      "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" data-metric=\"\(HTML.escaped(y.name))\""
        + "\(isHidden ? " hidden" : "")><title>\(HTML.escaped(title))</title>"
    ]
    for tick in xs.ticks {
      let at = Self.text(column(tick))
      parts.append(
        "<line class=\"grid\" x1=\"\(at)\" x2=\"\(at)\" y1=\"\(Self.text(Self.top))\" y2=\"\(Self.text(floor))\"/>")
      parts.append("<text x=\"\(at)\" y=\"\(Self.text(floor + 18))\" text-anchor=\"middle\">\(xs.label(tick))</text>")
    }
    for tick in ys.ticks {
      let at = Self.text(row(tick))
      parts.append(
        "<line class=\"grid\" x1=\"\(Self.text(Self.left))\" x2=\"\(Self.text(end))\" y1=\"\(at)\" y2=\"\(at)\"/>")
      parts.append(
        "<text x=\"\(Self.text(Self.left - 9))\" y=\"\(Self.text(row(tick) + 4))\" text-anchor=\"end\">\(ys.label(tick))</text>"
      )
    }
    parts.append(
      "<path class=\"axis\" fill=\"none\" d=\"M\(Self.text(Self.left)) \(Self.text(Self.top))V\(Self.text(floor))H\(Self.text(end))\"/>"
    )
    let middle = Self.text((Self.left + end) / 2)
    parts.append(
      "<text class=\"title\" x=\"\(middle)\" y=\"\(Self.text(Self.height - 12))\" text-anchor=\"middle\">\(HTML.escaped(x.heading)) — nearer to the reference →</text>"
    )
    let half = Self.text((Self.top + floor) / 2)
    parts.append(
      "<text class=\"title\" transform=\"translate(16 \(half)) rotate(-90)\" text-anchor=\"middle\">\(HTML.escaped(y.heading)) — better by itself →</text>"
    )
    parts += paths(column, row)
    let labels = labels(column, row)
    for (point, label) in zip(points, labels) {
      let (cx, cy) = (Self.text(column(point.x)), Self.text(row(point.y)))
      let tip = "\(point.name): \(x.name) \(x.text(point.x)), \(y.name) \(y.text(point.y))"
      parts.append(
        "<circle cx=\"\(cx)\" cy=\"\(cy)\" r=\"6.5\" fill=\"var(--c\(point.colour))\"><title>\(HTML.escaped(tip))</title></circle>"
      )
      parts.append(
        "<text class=\"name\" x=\"\(Self.text(label.x))\" y=\"\(Self.text(label.y))\" text-anchor=\"\(label.isLeft ? "end" : "start")\">\(HTML.escaped(point.name))</text>"
      )
    }
    return parts.joined(separator: "\n") + "\n</svg>"
  }

  /// Lines through the points of a series, in the order of the rows.
  private func paths(_ column: (Double) -> Double, _ row: (Double) -> Double) -> [String] {
    Dictionary(grouping: points, by: \.series).values.filter { $0.count > 1 }
      .sorted { $0[0].colour < $1[0].colour }
      .map { points in
        let places = points.map { "\(Self.text(column($0.x))) \(Self.text(row($0.y)))" }
        return "<path class=\"path\" stroke=\"var(--c\(points[0].colour))\" d=\"M\(places.joined(separator: "L"))\"/>"
      }
  }

  /// Beside the points, on the side where there is room, moved apart where they would overlap.
  private func labels(_ column: (Double) -> Double, _ row: (Double) -> Double) -> [(x: Double, y: Double, isLeft: Bool)]
  {
    var taken: [(x: ClosedRange<Double>, y: Double)] = []
    return points.map { point in
      let at = column(point.x)
      // Letters of 12 pixels are about 7 wide.
      let length = Double(point.name.count) * 7
      let isLeft = at + 12 + length > Self.width - 6
      let start = isLeft ? at - 12 : at + 12
      let span = isLeft ? start - length...start : start...start + length
      var y = row(point.y) + 4
      while taken.contains(where: { $0.x.overlaps(span) && abs($0.y - y) < 15 }) { y += 5 }
      taken.append((span, y))
      return (start, y, isLeft)
    }
  }

  private static func text(_ value: Double) -> String { String(format: "%.1f", value) }

  /// An axis: a range a little wider than the values, with round numbers on it.
  struct Scale {
    let range: ClosedRange<Double>
    let ticks: [Double]
    private let isTurned: Bool
    private let digits: Int

    init(_ values: [Double], turned: Bool) {
      let (low, high) = (values.min() ?? 0, values.max() ?? 1)
      let spread = max(high - low, max(abs(high), 1e-3) * 0.02)
      let margin = spread * 0.18 + (spread - (high - low)) / 2
      range = low - margin...high + margin
      isTurned = turned
      let raw = (range.upperBound - range.lowerBound) / 5
      let unit = pow(10, Foundation.floor(log10(raw)))
      let step = ([1, 2, 2.5, 5, 10].first { $0 * unit >= raw } ?? 10) * unit
      digits = max(0, Int(Foundation.ceil(-log10(step) - 1e-9)) + (abs(step / unit - 2.5) < 1e-9 ? 1 : 0))
      let first = Foundation.ceil(range.lowerBound / step - 1e-9)
      let last = Foundation.floor(range.upperBound / step + 1e-9)
      ticks = first <= last ? stride(from: first, through: last, by: 1).map { $0 * step } : []
    }

    /// 0 at the worse end, 1 at the better.
    func part(_ value: Double) -> Double {
      let part = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      return isTurned ? 1 - part : part
    }

    func label(_ value: Double) -> String { String(format: "%.\(digits)f", value == 0 ? 0 : value) }
  }
}
