internal import Foundation

/// The report as one HTML page that needs nothing beside itself.
struct Page {
  let table: ResultTable
  let data: PageData
  /// What is said of the run, in lines of a name and a value.
  let about: [(name: String, value: String)]
  let lead: String

  /// The page.
  func html() throws -> String {
    var body: [String] = []
    if table.blocks.count > 1 {
      let links = table.blocks.enumerated().map { "<a href=\"#block-\($0)\">\(HTML.escaped($1.title))</a>" }
      body.append("<nav class=\"blocks\" aria-label=\"Data sets and cases\">\(links.joined())</nav>")
    }
    if data.blocks.contains(where: { !$0.pictures.isEmpty }) { body.append(Self.comparison) }
    for (index, block) in table.blocks.enumerated() { body.append(section(block, index)) }
    let lines = about.map { "<dt>\(HTML.escaped($0.name))</dt><dd>\(HTML.escaped($0.value))</dd>" }
    let shown = PageData(blocks: data.blocks.filter { !$0.pictures.isEmpty })
    let values = [
      "title": "Evaluation", "lead": HTML.escaped(lead), "style": text(PackageResources.page_css),
      "script": text(PackageResources.page_js), "body": body.joined(separator: "\n"),
      "about": "<dl>\(lines.joined())</dl>",
      "data": HTML.scriptSafe(try EvaluationJSON.text(shown, pretty: false)),
    ]
    // Piece by piece: what is filled in is not looked through for marks again.
    return text(PackageResources.page_html).split(separator: "{{", omittingEmptySubsequences: false).enumerated()
      .map { number, piece in
        guard number > 0, let end = piece.range(of: "}}") else { return String(piece) }
        return (values[String(piece[..<end.lowerBound])] ?? "") + piece[end.upperBound...]
      }.joined()
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static let comparison = """
    <section class="compare" aria-labelledby="compare-title">
    <h2 id="compare-title">Comparison</h2>
    <div class="controls">
      <label>Data set and case <select id="block"></select></label>
      <label>Left <select id="left"></select></label>
      <label>Right <select id="right"></select></label>
      <div class="group"><button type="button" class="button" id="swap" title="Exchange left and right">⇄</button></div>
      <div class="group" role="group" aria-label="Zoom">
        <button type="button" class="button" id="farther" aria-label="Zoom out">−</button>
        <output id="zoom">100 %</output>
        <button type="button" class="button" id="closer" aria-label="Zoom in">+</button>
        <button type="button" class="button" id="whole">Whole</button>
      </div>
      <div class="group"><input type="checkbox" id="pixels"><label for="pixels">pixels</label></div>
    </div>
    <div class="viewer">
      <div>
        <div class="stage" id="stage" tabindex="0" role="group" aria-label="Two pictures, one beside the other; arrow keys move the line between them">
          <div class="layer left"><img alt="" draggable="false"></div>
          <div class="layer right"><img alt="" draggable="false"></div>
          <div class="divider" aria-hidden="true"></div>
          <span class="tag left"></span><span class="tag right"></span>
        </div>
        <input type="range" id="divide" min="0" max="1000" value="500" aria-label="Line between the two pictures">
        <div class="thumbs" role="group" aria-label="Pictures"></div>
      </div>
      <div class="side">
        <h3 id="name"></h3>
        <div class="scroll"><table id="scores"></table></div>
        <p class="note">Drag the line, or <kbd>←</kbd> <kbd>→</kbd>. <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd> or a double click zoom;
        then drag to move, or <kbd>Shift</kbd> with the arrows. Large pictures are shown by their middle, pixel for pixel.</p>
      </div>
    </div>
    </section>
    """

  private func section(_ block: ResultTable.Block, _ index: Int) -> String {
    var parts = [
      "<section class=\"results\" id=\"block-\(index)\" aria-labelledby=\"block-\(index)-title\">",
      "<div><h2 id=\"block-\(index)-title\">\(HTML.escaped(block.title)) <span class=\"quiet\">\(block.pictures) picture\(block.pictures == 1 ? "" : "s")</span></h2>",
      "<div class=\"scroll\"><table class=\"sortable\">", head(block), "<tbody>",
    ]
    var models: [String] = []
    for row in block.rows {
      if !models.contains(row.model) { models.append(row.model) }
      parts.append(line(row, block, colour: (models.firstIndex(of: row.model) ?? 0) % ScatterPlot.colourCount))
    }
    parts.append("</tbody></table></div>")
    let notes = block.rows.compactMap { row -> String? in
      if let problem = row.problem { return "\(row.name): \(problem)" }
      return row.missing > 0 ? "\(row.name): \(row.missing) of \(block.pictures) pictures are missing." : nil
    }
    parts += notes.map { "<p class=\"note\">\(HTML.escaped($0))</p>" }
    parts += ["</div>", plots(block), "</section>"]
    return parts.joined(separator: "\n")
  }

  private func head(_ block: ResultTable.Block) -> String {
    func cell(_ text: String, kind: String = "number", first: String = "ascending") -> String {
      "<th scope=\"col\" data-kind=\"\(kind)\" data-first=\"\(first)\"><button type=\"button\">\(text)</button></th>"
    }
    let columns = block.columns.map {
      cell(
        "\(HTML.escaped($0.name)) <span class=\"arrow\" title=\"\($0.better) is better\">\($0.higherIsBetter ? "↑" : "↓")</span>",
        first: $0.higherIsBetter ? "descending" : "ascending")
    }
    return "<thead><tr>" + cell("model", kind: "text") + cell("steps") + columns.joined() + cell("s / picture")
      + cell("memory") + "</tr></thead>"
  }

  private func line(_ row: ResultTable.Row, _ block: ResultTable.Block, colour: Int) -> String {
    func cell(_ text: String, _ value: Double?, _ classes: String = "", title: String = "") -> String {
      let name = value == nil ? "missing" : classes
      return "<td\(name.isEmpty ? "" : " class=\"\(name)\"")\(title.isEmpty ? "" : " title=\"\(HTML.escaped(title))\"")"
        + " data-value=\"\(value.map(number) ?? "")\"><span>\(text)</span></td>"
    }
    let columns = block.columns.map { column in
      guard let value = row.values[column.name] else { return cell("–", nil) }
      let interval = value.ci95.map { " ± \(column.text($0)) (95 %)" } ?? ""
      let count = value.count < block.pictures ? ", \(value.count) of \(block.pictures) pictures" : ""
      let mark = value.mark.map { ", \($0 == .best ? "best" : "second best")" } ?? ""
      return cell(
        column.text(value.mean) + (count.isEmpty ? "" : "*"), value.mean, value.mark?.rawValue ?? "",
        title: "\(column.text(value.mean))\(interval)\(mark)\(count)")
    }
    return
      "<tr><th scope=\"row\" data-value=\"\(HTML.escaped(row.model))\"><span class=\"swatch\" style=\"background:var(--c\(colour))\"></span>\(HTML.escaped(row.model))</th>"
      + cell(row.stepText, row.steps.map(Double.init)) + columns.joined() + cell(row.secondsText, row.secondsMedian)
      + cell(row.memoryText, row.memoryPeak.map(Double.init)) + "</tr>"
  }

  /// As JavaScript reads it.
  private func number(_ value: Double) -> String {
    value.isFinite ? "\(value)" : value.isNaN ? "" : value < 0 ? "-Infinity" : "Infinity"
  }

  private func plots(_ block: ResultTable.Block) -> String {
    let plots = block.columns.filter { !$0.isReferenced }.compactMap { ScatterPlot(block, y: $0) }
    guard !plots.isEmpty else { return "" }
    let options = plots.map { "<option>\(HTML.escaped($0.y.name))</option>" }
    let choice =
      plots.count > 1 ? "<label>by itself <select>\(options.joined())</select></label>" : ""
    let drawings = plots.enumerated().map { number, plot in
      plot.svg(title: "\(block.title): \(plot.x.name) against \(plot.y.name)", isHidden: number > 0)
    }
    return "<figure class=\"plots\"><figcaption><span>Perception and distortion</span>\(choice)</figcaption>"
      + drawings.joined(separator: "\n") + "</figure>"
  }
}
