internal import Foundation

/// A curve as a figure of inline SVG.
struct CurveChart {
  let name: String
  let points: [(step: Double, value: Double)]

  private static let (width, height) = (440.0, 220.0)
  private static let (left, right, top, bottom) = (64.0, 12.0, 10.0, 24.0)

  /// The figure.
  var svg: String {
    let values = points.map(\.value)
    var (low, high) = (values.min() ?? 0, values.max() ?? 1)
    if high == low { (low, high) = (low - max(abs(low) * 0.1, 1e-9), high + max(abs(high) * 0.1, 1e-9)) }
    let (first, last) = (points.first?.step ?? 0, points.last?.step ?? 1)
    let (across, down) = (Self.width - Self.left - Self.right, Self.height - Self.top - Self.bottom)
    func x(_ step: Double) -> Double { Self.left + (last == first ? 0.5 : (step - first) / (last - first)) * across }
    func y(_ value: Double) -> Double { Self.top + (high - value) / (high - low) * down }
    let path = points.map { String(format: "%.1f,%.1f", x($0.step), y($0.value)) }.joined(separator: " ")
    let lines = (0...4).map { part in
      let value = low + (high - low) * Double(part) / 4
      return String(
        format: "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>"
          + "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%@</text>",
        Self.left, Self.width - Self.right, y(value), y(value), Self.left - 6, y(value) + 4,
        String(format: "%.4g", value))
    }
    let mark =
      points.count == 1
      ? String(format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"#2563eb\"/>", x(first), y(values[0])) : ""
    let now = values.last.map { String(format: "%.5g", $0) } ?? ""
    return """
      <figure><figcaption>\(TrainingPage.escaped(name)): \(now)</figcaption>
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" font-size="11" fill="#444">\(lines.joined())
      <polyline points="\(path)" fill="none" stroke="#2563eb" stroke-width="1.5"/>\(mark)
      <text x="\(Int(Self.left))" y="\(Int(Self.height) - 6)">\(Int(first))</text>
      <text x="\(Int(Self.width - Self.right))" y="\(Int(Self.height) - 6)" text-anchor="end">step \(Int(last))</text>
      </svg></figure>
      """
  }
}
