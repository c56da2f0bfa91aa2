internal import Foundation

/// The record of a run: one JSON object a line, kept over resumption.
public final class TrainingLog {
  private let handle: FileHandle

  /// Opens the log to append; lines of steps that a resumed run will do again are dropped first.
  /// - Parameters:
  ///   - path: The file.
  ///   - step: Steps that the run has done; 0 starts a new log.
  public init(path: String, from step: Int) throws {
    let kept = step == 0 ? [] : Self.lines(of: path, upTo: step)
    try (kept.map { $0 + "\n" }.joined()).write(toFile: path, atomically: true, encoding: .utf8)
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw TrainingError(.state, "opening the log '\(path)': it cannot be written; check the folder's permissions")
    }
    self.handle = handle
    try handle.seekToEnd()
  }

  deinit { try? handle.close() }

  /// Appends a line.
  public func write(_ values: [String: Double]) throws {
    let data = try JSONSerialization.data(withJSONObject: values, options: [.sortedKeys])
    try handle.write(contentsOf: data + Data("\n".utf8))
  }

  private static func lines(of path: String, upTo step: Int) -> [String] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").map(String.init).filter { line in
      let values = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
      return (values?["step"] as? NSNumber).map { $0.intValue <= step } ?? false
    }
  }
}
