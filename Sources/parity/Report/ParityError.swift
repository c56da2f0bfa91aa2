/// Why a fixture or a manifest could not be run.
struct ParityError: Error, CustomStringConvertible {
  /// What was being done, with which value, and what was wrong.
  let description: String

  init(_ description: String) { self.description = description }
}
