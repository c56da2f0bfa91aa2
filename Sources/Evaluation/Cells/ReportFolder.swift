internal import Datasets
internal import Foundation

/// The places of everything in a report folder.
struct ReportFolder {
  let path: String

  /// Letters that every file system takes.
  static func slug(_ text: String) -> String {
    let letters = text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }
    let parts = String(letters).split(separator: "-", omittingEmptySubsequences: true)
    let plain = parts.joined(separator: "-").trimmingCharacters(in: CharacterSet(charactersIn: "."))
    // Other letters would make two names one.
    let isFaithful = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._- ()".contains($0)) }
    return isFaithful && !plain.isEmpty ? plain : plain + "-" + SHA256.hex(text).prefix(8)
  }

  func cell(_ group: EvaluationPlan.Group, _ run: EvaluationRun) -> String {
    file("cells/\(Self.slug(group.dataset.name))/\(Self.slug(group.sample.name))/\(Self.slug(run.label)).json")
  }

  /// A restored picture.
  func picture(_ group: EvaluationPlan.Group, _ run: EvaluationRun, _ item: EvaluationDataset.Item) -> String {
    pictures(group, Self.slug(run.label), item)
  }

  /// A low-quality picture.
  func low(_ group: EvaluationPlan.Group, _ item: EvaluationDataset.Item) -> String { pictures(group, "low", item) }

  private func pictures(_ group: EvaluationPlan.Group, _ kind: String, _ item: EvaluationDataset.Item) -> String {
    file("pictures/\(Self.slug(group.dataset.name))/\(Self.slug(group.sample.name))/\(kind)/\(item.stem).png")
  }

  func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

  /// Reads a cell; nil where there is none, or one that is damaged and thus made anew.
  func read(_ path: String) -> CellRecord? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return try? EvaluationJSON.decode(CellRecord.self, from: data)
  }

  func write(_ record: CellRecord, to path: String) throws(EvaluationError) {
    let data: Data
    do { data = try EvaluationJSON.data(record) } catch {
      throw EvaluationError(.report, "writing '\(path)': \(error)")
    }
    try write(data, to: path)
  }

  /// Writes a file under a temporary name and gives it its own when it is whole.
  func write(_ data: Data, to path: String) throws(EvaluationError) {
    do {
      try makeFolder(of: path)
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw EvaluationError(
        .report,
        "writing '\(path)': \((error as NSError).localizedDescription); choose a folder that this user may write to")
    }
  }

  func makeFolder(of path: String) throws {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
  }
}
