import Torch

/// What a component says to one output of a fixture.
struct Answer {
  enum Kind {
    case tensor(Tensor)
    /// The output cannot be compared, for this reason.
    case incomparable(String)
  }

  /// The output's name, without `out/`.
  let output: String
  /// The output's name, and in which way it was computed where there are several.
  let label: String
  let kind: Kind

  /// A tensor to compare.
  /// - Parameters:
  ///   - output: The output's name, without `out/`.
  ///   - actual: What was computed.
  ///   - way: How, where the same output is computed in several ways.
  init(_ output: String, _ actual: Tensor, way: String? = nil) {
    self.output = output
    label = way.map { "\(output) (\($0))" } ?? output
    kind = .tensor(actual)
  }

  /// An output that is deliberately not compared.
  init(_ output: String, incomparable reason: String) {
    self.output = output
    label = output
    kind = .incomparable(reason)
  }
}
