internal import Checkpoints

extension Checkpoint {
  /// How many numbers the checkpoint holds.
  var parameterCount: Int { keys.reduce(0) { $0 + (shape(of: $1) ?? [0]).reduce(1, *) } }
}
