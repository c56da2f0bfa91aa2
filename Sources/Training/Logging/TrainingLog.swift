internal import Foundation

/// The record of a run: one JSON object a line, kept over resumption.
public final class TrainingLog {
  private let handle: FileHandle

  /// Opens the log to append; lines of steps that a resumed run will do again are dropped first.
  /// - Parameters:
  ///   - path: The file.
  ///   - step: Steps that the run has done; 0 starts a new log.
  /// - Throws: `TrainingError` when the file cannot be written.
  public init(path: String, from step: Int) throws {
    let kept = step == 0 ? [] : Self.lines(of: path, upTo: step)
    do {
      try (kept.map { $0 + "\n" }.joined()).write(toFile: path, atomically: true, encoding: .utf8)
      handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.seekToEnd()
    } catch {
      throw TrainingError(
        .state, "opening the log '\(path)': it cannot be written (\(error.localizedDescription)); check the folder")
    }
  }

  deinit { try? handle.close() }

  /// Appends a line. JSON knows no infinity and no NaN: such a value is written as null.
  /// - Throws: What the system throws when the disk is full.
  public func write(_ values: [String: Double]) throws {
    let known = values.mapValues { $0.isFinite ? $0 as Any : NSNull() }
    let data = try JSONSerialization.data(withJSONObject: known, options: [.sortedKeys, .withoutEscapingSlashes])
    try handle.write(contentsOf: data + Data("\n".utf8))
  }

  /// The lines of steps that are done; a line that a killed process left half written is none of them.
  private static func lines(of path: String, upTo step: Int) -> [String] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init).filter { line in
      let values = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
      return (values?["step"] as? NSNumber).map { $0.intValue <= step } ?? false
    }
  }
}
