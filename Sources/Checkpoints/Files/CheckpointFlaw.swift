/// What is wrong with a file's contents, found by a parser that does not know the file's name.
struct CheckpointFlaw: Error {
  let code: CheckpointError.Code
  let message: String

  init(_ code: CheckpointError.Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The end of messages about files that are shorter than they should be.
  static let cutShort = "the download is probably cut short, run `burnish models verify`"

  /// The same of files that no list of checksums names.
  static let fetchAgain = "the download is probably cut short, download it again"

  /// The error about a file.
  func opening(_ path: String) -> CheckpointError {
    CheckpointError(code, "Could not open \(path.quoted): \(message).")
  }
}
