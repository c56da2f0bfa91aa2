import Foundation

/// Runs a case file and says which texts get other ids.
enum TokenizerReport {
  /// The report of one case file; whatever goes wrong becomes a FAIL with its reason.
  /// - Parameters:
  ///   - kind: The family of the tokenizer.
  ///   - folder: The tokenizer's files.
  ///   - path: The case file.
  static func lines(_ kind: TokenizerKind, _ folder: String, cases path: String) -> ReportLine {
    do {
      let file = try TokenizerCases(path: path)
      let tokenizer = try kind.open(folder)
      var lines: [String] = []
      for test in file.cases {
        let found = tokenizer.encode(test.text)
        if found != test.ids { lines.append("\(quoted(test.text))  \(test.ids)  \(found)") }
      }
      let failed = lines.count
      lines.append("\(file.cases.count)  \(file.cases.count - failed)  \(failed == 0 ? "PASS" : "FAIL")")
      return ReportLine(
        text: lines.joined(separator: "\n"), notes: notes(file, tokenizer, folder, path, failed), passed: failed == 0)
    } catch {
      return ReportLine(text: "0  0  FAIL", notes: ["\(error)"], passed: false)
    }
  }

  /// Why cases differ, where the vocabulary is the reason.
  private static func notes(
    _ file: TokenizerCases, _ tokenizer: TokenizerKind.Opened, _ folder: String, _ path: String, _ failed: Int
  ) -> [String] {
    guard failed > 0 else { return [] }
    let others = tokenizer.named.sorted { $0.key < $1.key }.compactMap { key, id in
      file.named[key].flatMap { $0 == id ? nil : "\(key) is \($0) in the cases and \(id) in the folder" }
    }
    guard !others.isEmpty else { return [] }
    return [
      "'\(folder)' does not hold the vocabulary of '\(path)': \(others.joined(separator: ", ")). "
        + "The folder has \(tokenizer.vocabulary); the cases belong to this vocabulary: \(file.vocabulary)"
    ]
  }

  /// A text on one line, as JSON spells it.
  private static func quoted(_ text: String) -> String {
    let json = try? JSONEncoder().encode(text)
    return json.map { String(decoding: $0, as: UTF8.self) } ?? text.debugDescription
  }
}
