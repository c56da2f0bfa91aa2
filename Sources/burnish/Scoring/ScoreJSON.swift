internal import Foundation
internal import Quality
internal import Torch

/// Scores for programs: one JSON object. Numbers that are not finite are the texts "inf", "-inf" and "nan", which JSON lacks.
enum ScoreJSON {
  private struct Sheet: Encodable {
    var burnish = Version.current
    var libtorch = Machine.runningVersion
    var device: String
    var metrics: [Column]
    var images: [Row]
    var summary: [String: Summary]
    var errors: [String]
  }

  private struct Column: Encodable {
    var name: String
    var requested: String
    var summary: String
    var better: String
    var kind: String
    var cropBorder: Int?
    var weights: [String]
  }

  private struct Row: Encodable {
    var image: String
    var reference: String?
    var scores: [String: Double]
    var errors: [String]
  }

  private struct Summary: Encodable {
    var mean: Double
    var ci95: Double?
    var count: Int
    var referenceCount: Int?
  }

  /// The whole sheet.
  static func text(_ sheet: ScoreSheet) throws -> String {
    var summary: [String: Summary] = [:]
    for column in sheet.columns {
      if let estimate = sheet.estimate(column) {
        summary[column.name] = Summary(mean: estimate.mean, ci95: estimate.halfWidth, count: estimate.count)
      } else if let value = sheet.sets[column.name], let counts = sheet.setCounts[column.name] {
        summary[column.name] = Summary(mean: value, count: counts.0, referenceCount: counts.1)
      }
    }
    return try encode(
      Sheet(
        device: sheet.device,
        metrics: sheet.columns.map {
          Column(
            name: $0.name, requested: $0.word, summary: $0.entry.summary, better: better($0.entry),
            kind: $0.entry.kind.rawValue, cropBorder: $0.entry.cutsBorder ? $0.border : nil, weights: $0.files)
        },
        images: sheet.rows.map { Row(image: $0.image, reference: $0.reference, scores: $0.scores, errors: $0.errors) },
        summary: summary, errors: sheet.errors))
  }

  private struct Listed: Encodable {
    struct File: Encodable {
      var names: [String]
      var summary: String
      var source: String
      var licence: String
      var path: String?
    }

    var name: String
    var aliases: [String]
    var summary: String
    var better: String
    var kind: String
    var weights: [File]
    var available: Bool
  }

  /// Every metric that there is.
  static func list(_ entries: [MetricEntry], folder: String) throws -> String {
    try encode(
      entries.map { entry in
        Listed(
          name: entry.name, aliases: entry.aliases, summary: entry.summary, better: better(entry),
          kind: entry.kind.rawValue,
          weights: entry.files.map {
            Listed.File(
              names: $0.names, summary: $0.summary, source: $0.source, licence: $0.licence, path: $0.find(in: folder))
          }, available: entry.missingFiles(in: folder).isEmpty)
      })
  }

  private static func better(_ entry: MetricEntry) -> String { entry.higherIsBetter ? "higher" : "lower" }

  private static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .custom { path in Key(path.last?.stringValue ?? "") }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Words with underscores, as in the other JSON outputs; names of metrics have none of the letters that this changes.
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ text: String) {
      stringValue = text.reduce(into: "") { result, letter in
        result += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
      }
    }

    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }
}
