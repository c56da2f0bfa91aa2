internal import Foundation

/// The table as Markdown, and as CSV for spreadsheets.
enum TableFormats {
  /// **Best**, <u>second best</u>, arrows for better.
  static func markdown(_ table: ResultTable, about: [String]) -> String {
    var lines = ["# Evaluation", ""]
    for block in table.blocks {
      lines += ["## \(escaped(block.title))", "", "\(block.pictures) picture\(block.pictures == 1 ? "" : "s")", ""]
      let heads = ["model", "steps"] + block.columns.map(\.heading) + ["s / picture", "memory"]
      lines.append("| " + heads.joined(separator: " | ") + " |")
      lines.append("| --- |" + String(repeating: " ---: |", count: heads.count - 1))
      for row in block.rows {
        var cells = [escaped(row.model), row.stepText]
        for column in block.columns { cells.append(cell(row.values[column.name], column, of: block)) }
        cells += [row.secondsText, row.memoryText]
        lines.append("| " + cells.joined(separator: " | ") + " |")
      }
      lines.append("")
      for row in block.rows {
        if let problem = row.problem {
          lines.append("* \(escaped(row.name)): \(escaped(problem))")
        } else if row.missing > 0 {
          lines.append("* \(escaped(row.name)): \(row.missing) of \(block.pictures) pictures are missing")
        }
      }
      if lines.last?.isEmpty == false { lines.append("") }
    }
    lines.append("**Best** and <u>second best</u> of a block; ↑ more is better, ↓ less is better.")
    lines.append("Time is the median over pictures, memory the largest peak.")
    lines.append("")
    lines += about.map { "* " + escaped($0) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A number over fewer pictures than the block has says so.
  private static func cell(
    _ value: ResultTable.Value?, _ column: ResultTable.Column, of block: ResultTable.Block
  ) -> String {
    guard let value else { return "–" }
    var text = column.text(value.mean)
    switch value.mark {
    case .best: text = "**\(text)**"
    case .second: text = "<u>\(text)</u>"
    case nil: break
    }
    return value.count < block.pictures ? "\(text) (of \(value.count))" : text
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("<", with: "&lt;").replacing("\n", with: " ")
  }

  /// A line a row: full precision, with half the width of the 95 % confidence interval and the mark beside each mean.
  static func csv(_ table: ResultTable) -> String {
    let columns = names(table.blocks.map(\.columns))
    var lines = [
      ["dataset", "case", "model", "steps", "pictures", "missing"]
        + columns.flatMap { [$0, "\($0) ci95", "\($0) mark"] }
        + ["seconds median", "memory peak", "problem"]
    ]
    for block in table.blocks {
      for row in block.rows {
        var cells = [
          block.dataset, block.sample, row.model, row.steps.map(String.init) ?? "", "\(row.done)", "\(row.missing)",
        ]
        for name in columns {
          let value = row.values[name]
          cells += [number(value?.mean), number(value?.ci95), value?.mark?.rawValue ?? ""]
        }
        cells += [number(row.secondsMedian), row.memoryPeak.map(String.init) ?? "", row.problem ?? ""]
        lines.append(cells)
      }
    }
    return text(lines)
  }

  /// A line a picture.
  static func pictures(
    _ cells: [(group: EvaluationPlan.Group, run: EvaluationRun, record: CellRecord)], metrics: [String]
  ) -> String {
    var lines = [
      ["dataset", "case", "model", "steps", "image"] + metrics + ["seconds", "memory", "width", "height", "errors"]
    ]
    for (group, run, record) in cells {
      for row in record.rows {
        var line = [
          group.dataset.name, group.sample.name, run.model, run.steps.map(String.init) ?? "", row.name,
        ]
        line += metrics.map { number(row.scores[$0]) }
        line += [number(row.seconds), row.memory.map(String.init) ?? ""]
        line += row.seconds == nil ? ["", ""] : ["\(row.width)", "\(row.height)"]
        line.append(row.errors.joined(separator: "; "))
        lines.append(line)
      }
    }
    return text(lines)
  }

  private static func names(_ columns: [[ResultTable.Column]]) -> [String] {
    var seen: Set<String> = []
    return columns.joined().map(\.name).filter { seen.insert($0).inserted }
  }

  private static func number(_ value: Double?) -> String {
    guard let value else { return "" }
    return value.isFinite ? "\(value)" : value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
  }

  private static func text(_ lines: [[String]]) -> String {
    lines.map { line in
      line.map { cell in
        cell.contains { ",\"\n\r".contains($0) } ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
      }.joined(separator: ",")
    }.joined(separator: "\n") + "\n"
  }
}
