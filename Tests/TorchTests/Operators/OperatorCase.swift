import Testing
import Torch

/// One line of the parity table: how the Swift function is called for a golden case.
struct OperatorCase: Sendable, CustomTestStringConvertible {
  /// The case in `operators.safetensors`: the operator's name, and after a colon what is special.
  let id: String
  /// Calls the Swift function on the case's inputs.
  let call: @Sendable ([Tensor]) throws -> [Tensor]

  var testDescription: String { id }

  /// The operator as `Sources/Torch/Operators` names it, without `aten::`.
  var operatorName: String { String(id.prefix { $0 != ":" }) }

  /// A case with one result.
  init(_ id: String, _ call: @escaping @Sendable ([Tensor]) throws -> Tensor) {
    self.id = id
    self.call = { [try call($0)] }
  }

  /// A case with several results.
  init(several id: String, _ call: @escaping @Sendable ([Tensor]) throws -> [Tensor]) {
    self.id = id
    self.call = call
  }

  /// A case that changes its first input's memory, of which it is given a copy.
  init(inPlace id: String, _ call: @escaping @Sendable (Tensor, [Tensor]) throws -> Void) {
    self.init(id) { inputs in
      let copy = try inputs[0].cloned()
      try call(copy, inputs)
      return copy
    }
  }

  /// The whole table.
  static let all =
    arithmetic + pointwise + activation + comparison + conversion + convolution + creation + indexing + linearAlgebra
    + loss + normalisation + reduction + resampling + shape + attention

  /// The seed of the draws, as in `make-operators.py`.
  static let drawsSeed: UInt64 = 1234
}
