internal import ArgumentParser
internal import Degradation
internal import Evaluation
internal import Foundation
internal import Restorers

/// Turns what stands on the command line into data sets, cases and rows.
enum EvaluationSelection {
  /// The data sets of `--data` and `--low`.
  static func datasets(data: [String], low: [String], limit: Int?, output: String) throws -> [EvaluationDataset] {
    for folder in data + low where !FilePath.isFolder(folder) {
      throw ValidationError("there is no folder '\(folder)'")
    }
    guard low.isEmpty || data.isEmpty || low.count == data.count else {
      throw ValidationError(
        "--low is given \(low.count) times and --data \(data.count) times; pairs have as many of both, in the same order"
      )
    }
    let sets =
      if low.isEmpty {
        try data.map { try EvaluationDataset(references: $0, butNotIn: output) }
      } else if data.isEmpty {
        try low.map { try EvaluationDataset(low: $0, butNotIn: output) }
      } else {
        try zip(data, low).map { try EvaluationDataset(references: $0, low: $1, butNotIn: output) }
      }
    return sets.map { $0.limited(to: limit) }
  }

  /// The cases of `--recipes`, `--protocol` and `--crop`; pictures that are given have a single one.
  static func cases(recipes: String?, protocols: String?, crop: String?, isGiven: Bool) throws -> [EvaluationCase] {
    if isGiven {
      for (name, value) in [("--recipes", recipes), ("--protocol", protocols), ("--crop", crop)] where value != nil {
        throw ValidationError("\(name) has no place beside --low, whose pictures are taken as they are")
      }
      return [EvaluationCase(.given)]
    }
    if let protocols {
      if recipes != nil {
        throw ValidationError("--protocol and --recipes exclude each other: a protocol has its recipes")
      }
      if crop != nil {
        throw ValidationError("--protocol and --crop exclude each other: a protocol says what is cut out")
      }
      return try words(protocols, "--protocol").flatMap { try EvaluationProtocol.named($0).cases() }
    }
    guard let recipes else {
      throw ValidationError(
        "say where low-quality pictures come from: --recipes bicubic-x4,mixture-x4, --protocol addsr, or --low DIR")
    }
    let rule = try crop.map { try CropRule($0) } ?? .none
    return try words(recipes, "--recipes").map { EvaluationCase(.recipe(try .find($0)), crop: rule) }
  }

  /// The rows of `--models` and `--steps`: each model at each number of steps; `NAME@STEPS` has a number of its own.
  static func runs(models: [String], steps: String?) throws -> [EvaluationRun] {
    let counts = try steps.map { text in
      try words(text, "--steps").map { word in
        guard let count = Int(word), count > 0 else {
          throw ValidationError("--steps '\(word)' is not a number of steps; write --steps 4 or --steps 1,4")
        }
        return count
      }
    }
    var runs: [EvaluationRun] = []
    for word in try models.flatMap({ FileManager.default.fileExists(atPath: $0) ? [$0] : try words($0, "--models") }) {
      var name = word
      var own: [Int]?
      if let mark = word.lastIndex(of: "@"), let count = Int(word[word.index(after: mark)...]), count > 0 {
        (name, own) = (String(word[..<mark]), [count])
      }
      if name == EvaluationRun.bicubicName {
        if own != nil { throw ValidationError("--models '\(word)': bicubic has no steps") }
        runs.append(EvaluationRun(.bicubic, model: name, steps: nil))
        continue
      }
      let located = try locate(name)
      let label =
        RestorerRegistry.entry(named: name) != nil
        ? name : URL(fileURLWithPath: name).standardizedFileURL.lastPathComponent
      for count in (own ?? counts).map({ $0.map(Optional.some) }) ?? [nil] {
        runs.append(EvaluationRun(.restorer(located.entry, folder: located.folder), model: label, steps: count))
      }
    }
    return runs
  }

  private static func locate(_ name: String) throws -> LocatedModel {
    let names = RestorerRegistry.entries.map(\.name) + [EvaluationRun.bicubicName]
    guard names.contains(name) || FileManager.default.fileExists(atPath: name) else {
      let hint = Spelling.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
      throw ValidationError(
        "--models '\(name)' is neither a folder nor a model that this version knows (\(names.joined(separator: ", ")))\(hint)"
      )
    }
    return try ModelLocator.locate(name)
  }

  private static func words(_ text: String, _ option: String) throws -> [String] {
    var seen: Set<String> = []
    let words = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && seen.insert($0).inserted }
    guard !words.isEmpty else { throw ValidationError("\(option) names nothing") }
    return words
  }
}
