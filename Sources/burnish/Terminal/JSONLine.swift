internal import Foundation

/// What `--json` writes.
enum JSONLine {
  /// Writes an object as one line to standard output, keys in snake_case and sorted.
  static func write(_ event: some Encodable) {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(event), let text = String(data: data, encoding: .utf8) else { return }
    Terminal.output(text)
  }
}
