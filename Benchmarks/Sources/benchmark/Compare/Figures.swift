import Foundation

/// What one side needed for one task.
struct Figures {
  /// Wall seconds of each round.
  var seconds: [Double] = []
  /// Processor seconds of each round; empty where a whole process was timed.
  var cpuSeconds: [Double] = []
  /// The largest resident size of each process, bytes.
  var peakBytes: [Double] = []
  /// The largest size of each process that no file backs, bytes.
  var anonymousBytes: [Double] = []
}

extension [Double] {
  /// The middle value, or the mean of the two middle ones; nil when empty.
  var median: Double? {
    guard !isEmpty else { return nil }
    let sorted = self.sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }

  /// This median over that of others, for a table.
  func ratio(to others: [Double]?) -> String {
    guard let ours = median, let theirs = others?.median, theirs > 0 else { return "–" }
    return String(format: "%.2f", ours / theirs)
  }

  /// The median of seconds, for a table.
  var milliseconds: String { median.map { String(format: "%.1f ms", $0 * 1000) } ?? "–" }
}

/// One line of the table.
struct Row {
  /// The task as the table calls it.
  let title: String
  /// Burnish.
  let ours: Figures
  /// The reference library as it comes; nil where it was not measured or has no such task.
  let reference: Figures?
  /// The reference library in `channels_last`, in the same turns.
  let channelsLast: Figures?
  /// Root mean square of the difference of both answers over that of the answer.
  let difference: Double?
}

/// Writes the rows as Markdown.
enum Table {
  static func markdown(_ rows: [Row]) -> String {
    var lines = [
      "| task | Burnish | reference | ratio | channels_last | ratio | processor time, ratio | peak memory, MB | ratio | "
        + "not file-backed, MB | difference |",
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows {
      let cells = [
        row.title, seconds(row.ours.seconds), seconds(row.reference?.seconds),
        row.ours.seconds.ratio(to: row.reference?.seconds), seconds(row.channelsLast?.seconds),
        row.ours.seconds.ratio(to: row.channelsLast?.seconds), row.ours.cpuSeconds.ratio(to: row.reference?.cpuSeconds),
        megabytes(row.ours.peakBytes, row.reference?.peakBytes), row.ours.peakBytes.ratio(to: row.reference?.peakBytes),
        megabytes(row.ours.anonymousBytes, row.reference?.anonymousBytes),
        row.difference.map { String(format: "%.4f", $0) } ?? "–",
      ]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func seconds(_ values: [Double]?) -> String {
    values?.median.map { String(format: $0 < 1 ? "%.3f s" : "%.2f s", $0) } ?? "–"
  }

  private static func megabytes(_ ours: [Double], _ theirs: [Double]?) -> String {
    [ours, theirs ?? []].map { $0.median.flatMap { $0 > 0 ? String(Int(($0 / 1e6).rounded())) : nil } ?? "–" }
      .joined(separator: " / ")
  }
}
