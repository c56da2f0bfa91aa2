internal import Datasets
internal import Degradation
internal import Foundation
internal import Quality
internal import Restorers
internal import Torch

/// What stands in `results.json`.
private struct ResultFile: Encodable {
  struct About: Encodable {
    let program: String
    let libtorch: String
    let created: String
    let device: String
    let dtype: String
    let threads: Int
    let seed: UInt64
    let colorFix: String
    let fidelity: Double?
    let isComplete: Bool
  }

  struct Cell: Encodable {
    let dataset: String
    let sample: String
    let model: String
    let steps: Int?
    let modelFiles: String
    let images: [PictureRow]

    enum CodingKeys: String, CodingKey {
      case dataset, model, steps, modelFiles, images
      case sample = "case"
    }
  }

  let about: About
  let blocks: [ResultTable.Block]
  let cells: [Cell]
}

extension Evaluator {
  typealias Cell = (group: EvaluationPlan.Group, run: EvaluationRun, record: CellRecord)

  /// Writes tables and page from what is known of the cells.
  func writeReport(_ cells: [Cell]) throws {
    let table = ResultTable(ordered(cells), metrics: metrics)
    let created = Date.now.formatted(.iso8601)
    let about = self.about(created)
    let result = ResultFile(
      about: ResultFile.About(
        program: plan.program, libtorch: Machine.runningVersion, created: created, device: plan.device.name,
        dtype: "\(plan.dtype)", threads: Machine.threadCount, seed: plan.seed, colorFix: plan.colorFix.rawValue,
        fidelity: plan.fidelity, isComplete: !summary.interrupted && summary.failed == 0),
      blocks: table.blocks,
      cells: cells.map {
        ResultFile.Cell(
          dataset: $0.group.dataset.name, sample: $0.group.sample.name, model: $0.run.model, steps: $0.run.steps,
          modelFiles: $0.record.key.modelFiles, images: $0.record.rows)
      })
    let lines = about.map { "\($0.name): \($0.value)" }
    let page = Page(table: table, data: try pageData(cells, table), about: about, lead: lead(table))
    try folder.write(try EvaluationJSON.data(result), to: folder.file("results.json"))
    try folder.write(Data(TableFormats.markdown(table, about: lines).utf8), to: folder.file("results.md"))
    try folder.write(Data(TableFormats.csv(table).utf8), to: folder.file("results.csv"))
    try folder.write(
      Data(TableFormats.pictures(ordered(cells), metrics: metrics.filter { $0.kind != .sets }.map(\.name)).utf8),
      to: folder.file("images.csv"))
    try folder.write(Data(try page.html().utf8), to: folder.file("index.html"))
  }

  /// Cells were computed model by model; tables go block by block.
  private func ordered(_ cells: [Cell]) -> [Cell] {
    plan.groups.flatMap { group in
      cells.filter { $0.group.dataset.name == group.dataset.name && $0.group.sample.name == group.sample.name }
    }
  }

  private func lead(_ table: ResultTable) -> String {
    let sets = Set(plan.groups.map(\.dataset.name)).count
    let cases = Set(plan.groups.map(\.sample.name)).count
    func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
    return "\(count(sets, "data set")), \(count(cases, "case")), \(count(plan.runs.count, "row")). "
      + "The best of a column is marked, the second best underlined; ↑ more is better, ↓ less is better."
      + (summary.interrupted
        ? " The run was stopped before its end: numbers are those of the pictures done so far." : "")
  }

  private func about(_ created: String) -> [(name: String, value: String)] {
    var lines = [
      ("made", created), ("by", "\(plan.program), libtorch \(Machine.runningVersion)"),
      ("on", "\(plan.device.name), \(plan.dtype), \(Machine.threadCount) threads"), ("seed", "\(plan.seed)"),
      ("colours", plan.colorFix.rawValue),
    ]
    if let fidelity = plan.fidelity { lines.append(("fidelity", "\(fidelity)")) }
    lines.append(("metrics", metrics.map { "\($0.name) \($0.arrow)" }.joined(separator: ", ")))
    lines.append(("time", "median over pictures of the restoration alone, without reading, writing and measuring"))
    lines.append(
      (
        "memory",
        plan.device.kind == "cpu"
          ? "largest peak of the whole process during a restoration" : "largest peak of the device's tensors"
      ))
    return lines
  }

  // MARK: Pictures of the page

  private func pageData(_ cells: [Cell], _ table: ResultTable) throws -> PageData {
    var blocks: [PageData.Block] = []
    for (group, block) in zip(plan.groups, table.blocks) {
      let mine = cells.filter {
        $0.group.dataset.name == group.dataset.name && $0.group.sample.name == group.sample.name
      }
      let columns = block.columns.filter { column in metrics.contains { $0.name == column.name && $0.kind != .sets } }
      // A picture that cannot be read is named elsewhere; the page does without it.
      let pictures = plan.shownItems(of: group).compactMap { try? picture($0, group, mine, columns) }
      blocks.append(PageData.Block(title: block.title, metrics: columns, pictures: pictures))
    }
    return PageData(blocks: blocks)
  }

  private func picture(
    _ item: EvaluationDataset.Item, _ group: EvaluationPlan.Group, _ cells: [Cell], _ columns: [ResultTable.Column]
  ) throws -> PageData.Picture? {
    let restored = cells.compactMap { cell -> (Cell, PictureRow, DecodedPicture)? in
      guard let row = cell.record.rows.first(where: { $0.name == item.name }), row.seconds != nil,
        let picture = try? read(folder.picture(group, cell.run, item))
      else { return nil }
      return (cell, row, picture)
    }
    guard let (_, _, first) = restored.first else { return nil }
    let low = try read(folder.low(group, item))
    let window = ShownWindow(
      width: first.width, height: first.height, lowWidth: low.width, lowHeight: low.height)
    var layers = [
      PageData.Layer(
        name: PageData.inputName,
        source: try uri(low, window.scaled(from: first.width, first.height, to: low.width, low.height)), scores: nil)
    ]
    for (cell, row, picture) in restored {
      guard (picture.width, picture.height) == (first.width, first.height) else { continue }
      let scores = columns.compactMap { column in
        row.scores[column.name].map { (column.name, column.text($0)) }
      }
      layers.append(
        PageData.Layer(
          name: cell.run.label, source: try uri(picture, window),
          scores: Dictionary(scores, uniquingKeysWith: { first, _ in first })))
    }
    if group.dataset.hasReferences, let reference = try pairs.pair(item, of: group).reference {
      layers.append(PageData.Layer(name: PageData.referenceName, source: try uri(reference, window), scores: nil))
    }
    return PageData.Picture(name: item.name, width: window.width, height: window.height, layers: layers)
  }

  private func uri(_ picture: DecodedPicture, _ window: ShownWindow) throws -> String {
    let part = try PlanarImage(rgb8: picture.rgb8, width: picture.width, height: picture.height).part(
      left: window.left, top: window.top, width: window.width, height: window.height)
    let (mediaType, bytes) = try surroundings.files.preview(
      DecodedPicture(width: part.width, height: part.height, rgb8: part.bytes8()))
    return "data:\(mediaType);base64,\(Data(bytes).base64EncodedString())"
  }
}
