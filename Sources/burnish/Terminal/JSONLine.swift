internal import Foundation

/// What `--json` writes.
enum JSONLine {
  /// Writes an object as one line to standard output, keys in snake_case and sorted. Numbers that are not finite are texts,
  /// which JSON lacks numbers for.
  static func write(_ event: some Encodable) {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(event), let text = String(data: data, encoding: .utf8) else { return }
    Terminal.output(text)
  }
}
