internal import Foundation

/// Writes a file under a temporary name beside its place, and gives it its name when it is whole and on the disk.
enum AtomicFile {
  /// Runs `body` with the temporary path.
  ///
  /// Whatever fails, nothing is left behind and a file that stood at `path` is as it was.
  ///
  /// - Throws: what `body` throws, or ``PictureError`` with `cannotWrite` or `noSpace`.
  static func write(to path: String, _ body: (String) throws -> Void) throws {
    let folder = (path as NSString).deletingLastPathComponent
    let name = ".burnish-\(UInt64.random(in: .min ... .max)).part"
    let temporary = (folder as NSString).appendingPathComponent(name)
    let descriptor = SystemCalls.create(temporary)
    guard descriptor >= 0 else { throw error(path, SystemCalls.lastError) }
    SystemCalls.close(descriptor)
    var isMoved = false
    defer { if !isMoved { SystemCalls.remove(temporary) } }
    try body(temporary)
    let synchronized = SystemCalls.synchronize(temporary)
    guard synchronized == 0 else { throw error(path, synchronized) }
    let moved = SystemCalls.move(temporary, to: path)
    guard moved == 0 else { throw error(path, moved) }
    isMoved = true
    // The name itself is safe once the folder is written; where a file system refuses this, the file is still whole.
    _ = SystemCalls.synchronize(folder.isEmpty ? "." : folder)
  }

  /// The error for a system call that failed while `path` was written.
  static func error(_ path: String, _ code: Int32) -> PictureError {
    if SystemCalls.noSpace.contains(code) { return noSpace(path, SystemCalls.text(code)) }
    let advice =
      SystemCalls.noEntry.contains(code)
      ? "Create the folder first." : "Choose a place that this user may write to."
    return PictureError(.cannotWrite, "Could not write '\(path)': \(SystemCalls.text(code)). \(advice)")
  }

  static func noSpace(_ path: String, _ reason: String) -> PictureError {
    PictureError(.noSpace, "Could not write '\(path)': \(reason). Free some space, or choose another disk.")
  }

  /// What the system calls the lack of space, within a codec's message.
  static func noSpaceText(in text: String) -> String? {
    SystemCalls.noSpace.map(SystemCalls.text).first { text.contains($0) }
  }
}
