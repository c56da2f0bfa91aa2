internal import Checkpoints
internal import Torch

/// A checkpoint's keys and shapes, without its numbers: what a network would be built from.
struct CheckpointLayout: ParameterSource {
  private let checkpoint: any Checkpoint

  init(_ checkpoint: any Checkpoint) { self.checkpoint = checkpoint }

  var name: String { checkpoint.name }
  var keys: Set<String> { checkpoint.keys }

  func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    try checkpoint.shape(of: key).map { try .empty($0, device: .meta) }
  }
}

/// Counts the numbers that are taken from another source.
final class CountingSource: ParameterSource {
  private let base: any ParameterSource
  private(set) var count = 0

  init(_ base: any ParameterSource) { self.base = base }

  var name: String { base.name }
  var keys: Set<String> { base.keys }

  func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    let found = try base.parameter(key, request)
    count += found?.count ?? 0
    return found
  }
}
