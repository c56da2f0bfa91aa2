internal import Foundation

/// A regular, non-empty file that is open for reading.
final class InputFile {
  let path: String
  let descriptor: Int32

  /// - Throws: ``PictureError`` with `missing`, `directory`, `permission`, `unreadable` or `empty`.
  init(path: String) throws {
    self.path = path
    descriptor = SystemCalls.openForReading(path)
    guard descriptor >= 0 else {
      let code = SystemCalls.lastError
      if SystemCalls.noEntry.contains(code) {
        throw PictureError(.missing, "Could not read '\(path)': there is no such file. Check the path.")
      }
      if SystemCalls.noPermission.contains(code) {
        throw PictureError(.permission, "Could not read '\(path)': permission denied. Make it readable for this user.")
      }
      throw PictureError(.unreadable, "Could not open '\(path)': \(SystemCalls.text(code)).")
    }
    switch SystemCalls.kind(of: descriptor) {
    case .file(size: 0):
      throw PictureError(.empty, "Could not read '\(path)': the file is empty. Copy or download it again.")
    case .file: break
    case .directory:
      throw PictureError(.directory, "Could not read '\(path)' as a picture: it is a folder. Name a file inside.")
    case .other:
      throw PictureError(
        .unreadable, "Could not read '\(path)': it is a device or pipe, not a file. Copy it to a file.")
    }
  }

  deinit { if descriptor >= 0 { SystemCalls.close(descriptor) } }

  /// The whole file, mapped, for the diagnosis of a failure; empty when it cannot be read.
  func contents() -> Data { (try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)) ?? Data() }
}
