internal import Foundation
internal import Quality

/// How scores are written.
enum ScoreFormat: String, CaseIterable {
  case table
  case csv
  case json

  /// The whole sheet.
  func text(_ sheet: ScoreSheet) throws -> String {
    switch self {
    case .table: Self.table(sheet)
    case .csv: Self.csv(sheet)
    case .json: try ScoreJSON.text(sheet)
    }
  }

  /// Four digits behind the point: PSNR needs fewer, and SSIM, LPIPS and the like no more.
  private static func number(_ value: Double?) -> String {
    guard let value else { return "-" }
    return value.isFinite ? String(format: "%.4f", value) : value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
  }

  /// The arrow of the better direction.
  static func arrow(_ entry: MetricEntry) -> String { entry.higherIsBetter ? "↑" : "↓" }

  private static func table(_ sheet: ScoreSheet) -> String {
    var lines = [["image"] + sheet.columns.map { "\($0.name) \(arrow($0.entry))" }]
    for row in sheet.rows { lines.append([row.image] + sheet.columns.map { number(row.scores[$0.name]) }) }
    let estimates = sheet.columns.map(sheet.estimate)
    let sets = sheet.columns.map { sheet.sets[$0.name] }
    lines.append(["mean"] + zip(estimates, sets).map { number($0?.mean ?? $1) })
    lines.append(["± (95 %)"] + estimates.map { number($0?.halfWidth) })
    lines.append(
      ["pictures"]
        + zip(sheet.columns, estimates).map { column, estimate in
          sheet.setCounts[column.name].map { "\($0.0) | \($0.1)" } ?? "\(estimate?.count ?? 0)"
        })
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      line.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// Full precision. The rows `mean` and `ci95` (half the width of the interval) come last.
  private static func csv(_ sheet: ScoreSheet) -> String {
    func cell(_ value: Double?) -> String { value.map { $0.isFinite ? "\($0)" : number($0) } ?? "" }
    func quoted(_ text: String) -> String {
      text.contains(where: { ",\"\n\r".contains($0) })
        ? "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : text
    }
    var lines = [["image"] + sheet.columns.map(\.name)]
    for row in sheet.rows { lines.append([quoted(row.image)] + sheet.columns.map { cell(row.scores[$0.name]) }) }
    let estimates = sheet.columns.map(sheet.estimate)
    lines.append(
      ["mean"]
        + zip(sheet.columns, estimates).map { column, estimate in cell(estimate?.mean ?? sheet.sets[column.name]) })
    lines.append(["ci95"] + estimates.map { cell($0?.halfWidth) })
    return lines.map { $0.joined(separator: ",") }.joined(separator: "\n")
  }
}
