public import Checkpoints
public import Torch

/// The parameters that a training changes: float32 leaves with gradients, by their checkpoint keys.
public final class TrainableParameters {
  /// Keys, sorted.
  public let names: [String]
  /// The leaves, in the order of the names.
  public let tensors: [Tensor]

  /// Makes leaves of parameters.
  public init(_ parameters: [String: Tensor]) throws(TorchError) {
    names = parameters.keys.sorted()
    var leaves: [Tensor] = []
    for name in names {
      guard let parameter = parameters[name] else { continue }
      leaves.append(try parameter.detached().to(.float32).contiguous().cloned().requiresGradient(true))
    }
    tensors = leaves
  }

  /// How many numbers there are in all.
  public var count: Int { tensors.reduce(0) { $0 + $1.count } }

  /// The parameters in the type that networks compute in; gradients flow back to the leaves through the conversion.
  public func converted(to dtype: DType, values: [Tensor]? = nil) throws(TorchError) -> ParameterDictionary {
    var result: [String: Tensor] = [:]
    for (name, tensor) in zip(names, values ?? tensors) { result[name] = try tensor.to(dtype) }
    return ParameterDictionary(result)
  }

  /// The gradients of a loss, contiguous like the leaves.
  /// - Parameters:
  ///   - places: Which parameters, among all; nil takes every one.
  ///   - idle: Tells which of them the loss need not reach: their gradient is then zero.
  /// - Throws: `TorchError` naming the first parameter that the loss does not reach.
  public func gradients(
    of loss: Tensor, at places: [Int]? = nil, idle: (String) -> Bool = { _ in false }
  ) throws(TorchError) -> [Tensor] {
    let places = places ?? Array(names.indices)
    var found: [Tensor] = []
    let leaves = places.map { tensors[$0] }
    for (place, gradient) in zip(places, try Torch.gradients(of: [loss], withRespectTo: leaves)) {
      if let gradient {
        found.append(try gradient.contiguous())
      } else if idle(names[place]) {
        found.append(try tensors[place].detached().zerosLike())
      } else {
        throw TorchError(.argument, "the loss does not depend on the parameter '\(names[place])'")
      }
    }
    return found
  }

  /// The tensors by name, of these leaves or of others in the same order.
  public func named(_ values: [Tensor]? = nil, prefix: String = "") -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: zip(names.map { prefix + $0 }, values ?? tensors))
  }
}
