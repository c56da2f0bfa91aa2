internal import Foundation

/// A run's page: curves of everything in its log, and the newest validation pictures, in one HTML file that needs no other.
///
/// Written anew while the run goes on, each time whole.
public struct TrainingPage {
  private let folder: String
  private let title: String

  /// Pictures of this many validations are shown, newest first.
  private static let shownSteps = 3
  /// A curve has at most this many points; the log has all.
  private static let pointLimit = 1000

  /// - Parameters:
  ///   - folder: The run's, with `log.jsonl` and `pictures`; the page is its `report.html`.
  ///   - title: What the page is called.
  public init(folder: String, title: String) {
    self.folder = folder
    self.title = title
  }

  /// Where the page is.
  public var path: String { folder + "/report.html" }

  /// Writes the page.
  /// - Throws: `TrainingError` when it cannot be written.
  public func write() throws {
    let curves = Self.curves(of: folder + "/log.jsonl")
    let charts = curves.map { CurveChart(name: $0.name, points: Self.thinned($0.points)).svg }
    let body = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(Self.escaped(title))</title><style>
      body { font: 15px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; }
      .curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(22em, 1fr)); gap: 1em; }
      figure { margin: 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; }
      img { max-width: 100%; display: block; margin: 0.5em 0; }
      </style></head><body><h1>\(Self.escaped(title))</h1>
      <div class="curves">\(charts.joined(separator: "\n"))</div>
      \(pictures())
      </body></html>

      """
    do { try Data(body.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw TrainingError(.state, "writing the page '\(path)': \(error.localizedDescription)")
    }
  }

  /// The newest pictures, inside of the page.
  private func pictures() -> String {
    let place = folder + "/pictures"
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []).filter { $0.hasSuffix(".jpg") }
    let bySteps = Dictionary(grouping: names) { $0.split(separator: "-").dropLast().joined(separator: "-") }
    return bySteps.keys.sorted().suffix(Self.shownSteps).reversed().map { step in
      let images = (bySteps[step] ?? []).sorted().compactMap { name in
        FileManager.default.contents(atPath: place + "/" + name).map {
          "<img alt=\"low-quality, restored, original\" src=\"data:image/jpeg;base64,\($0.base64EncodedString())\">"
        }
      }
      let number = Int(step.split(separator: "-").last ?? "") ?? 0
      return "<h2>Step \(number): low-quality, restored, original</h2>\n" + images.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// Every value of a log by its name, the loss first.
  static func curves(of path: String) -> [(name: String, points: [(step: Double, value: Double)])] {
    let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    var curves: [String: [(step: Double, value: Double)]] = [:]
    for line in text.split(separator: "\n") {
      guard let values = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any],
        let step = values["step"] as? Double
      else { continue }
      for (name, value) in values where name != "step" {
        guard let value = value as? Double else { continue }
        curves[name, default: []].append((step, value))
      }
    }
    func rank(_ name: String) -> Int {
      ["loss": 0, "rate": 3, "seconds_per_step": 4, "waited": 5][name] ?? (name.contains("/") ? 1 : 2)
    }
    return curves.map { ($0.key, $0.value) }.sorted { (rank($0.0), $0.0) < (rank($1.0), $1.0) }
  }

  /// Means of neighbours where there are more points than can be seen.
  private static func thinned(_ points: [(step: Double, value: Double)]) -> [(step: Double, value: Double)] {
    let size = (points.count + pointLimit - 1) / pointLimit
    guard size > 1 else { return points }
    return stride(from: 0, to: points.count, by: size).map { start in
      let part = points[start..<min(start + size, points.count)]
      return (part[part.endIndex - 1].step, part.reduce(0) { $0 + $1.value } / Double(part.count))
    }
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
