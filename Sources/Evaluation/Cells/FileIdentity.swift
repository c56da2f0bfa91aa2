internal import Datasets
internal import Foundation
internal import Restorers

/// What tells whether files are still the same.
enum FileIdentity {
  /// The SHA-256 of a file's contents.
  /// - Throws: `EvaluationError` when it cannot be read.
  static func ofContents(_ path: String) throws(EvaluationError) -> String {
    var hash = SHA256()
    try read(path) { handle in
      while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty { hash.update(part) }
    }
    return hash.finish()
  }

  /// The SHA-256 of a file's length and of its first and last MiB: gigabytes of weights are not read whole before each run,
  /// and another training, another number type or another model changes both ends.
  /// - Throws: `EvaluationError` when it cannot be read.
  static func ofEnds(_ path: String) throws(EvaluationError) -> String {
    var hash = SHA256()
    try read(path) { handle in
      let size = try handle.seekToEnd()
      hash.update("\(size)\n".utf8)
      try handle.seek(toOffset: 0)
      if let start = try handle.read(upToCount: 1 << 20) { hash.update(start) }
      guard size > 1 << 20 else { return }
      try handle.seek(toOffset: max(size, 2 << 20) - 1 << 20)
      if let end = try handle.read(upToCount: 1 << 20) { hash.update(end) }
    }
    return hash.finish()
  }

  /// Every file of a model, as one digest.
  static func ofModel(_ method: EvaluationRun.Method) throws(EvaluationError) -> String {
    guard case .restorer(let entry, let folder) = method else { return "built in" }
    var paths: [String: String] = [:]
    let model = ModelFolder(folder, model: entry.name)
    for part in entry.parts {
      if let found = model.find(part) { collect(found, as: part.name, into: &paths) }
    }
    // A model that was named by its main file.
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), !isFolder.boolValue || paths.isEmpty {
      collect(folder, as: "main", into: &paths)
    }
    var lines: [String] = [entry.name]
    for (name, path) in paths.sorted(by: { $0.key < $1.key }) { lines.append("\(name) \(try ofEnds(path))") }
    return SHA256.hex(lines.joined(separator: "\n"))
  }

  private static func collect(_ path: String, as name: String, into paths: inout [String: String]) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else {
      paths[name] = path
      return
    }
    let below = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
    for entry in below where !entry.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
      var isFolder: ObjCBool = false
      let full = path + "/" + entry
      if FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder.boolValue {
        paths[name + "/" + entry] = full
      }
    }
  }

  private static func read(_ path: String, _ body: (FileHandle) throws -> Void) throws(EvaluationError) {
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      try body(handle)
    } catch {
      throw EvaluationError(.picture, "reading '\(path)': \(error.localizedDescription)")
    }
  }
}
