internal import Torch

extension ProcessGroup? {
  /// What the first process does while the others wait for it; a process alone is the first.
  /// - Returns: nil in the others.
  /// - Throws: What `body` throws, and a `TrainingError` in the others when it does.
  func first<Value>(_ body: () throws -> Value) throws -> Value? {
    guard let group = self else { return try body() }
    var result: Result<Value, any Error>?
    if group.isFirst { result = Result { try body() } }
    var failed = false
    if case .failure = result { failed = true }
    let stops = try group.any(failed)
    if let result { return try result.get() }
    if stops { throw TrainingError(.state, "the first process of the run ended; its message says why") }
    return nil
  }
}
