internal import CTorch

/// Runs `body` without recording gradients on this thread.
///
/// The state belongs to the thread, so the closure is synchronous: never hold it across an `await`.
/// - Parameter body: The work.
/// - Returns: What `body` answers.
/// - Throws: What `body` throws.
public func withoutGradient<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
  try withGradientState(false, body)
}

/// Runs `body` with gradients recorded on this thread, also inside ``withoutGradient(_:)``.
/// - Parameter body: The work.
/// - Returns: What `body` answers.
/// - Throws: What `body` throws.
public func withGradient<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
  try withGradientState(true, body)
}

private func withGradientState<Value, Failure: Error>(
  _ state: Bool, _ body: () throws(Failure) -> Value
) throws(Failure) -> Value {
  let former = ctorch_set_grad_enabled(state)
  defer { _ = ctorch_set_grad_enabled(former) }
  return try body()
}

/// True when this thread records gradients.
public var isGradientRecorded: Bool { ctorch_grad_enabled() }

/// The gradients of scalar or weighted outputs with respect to inputs.
/// - Parameters:
///   - outputs: What was computed; a scalar each, unless `outputGradients` gives the chain's start.
///   - inputs: Tensors that require gradients.
///   - outputGradients: One for each output, of its shape; nil means one, for scalars.
///   - retainGraph: Keep what the backward pass needs, to go through it again.
///   - createGraph: Record the backward pass itself, for second derivatives.
/// - Returns: For each input its gradient, or nil when no output depends on it.
/// - Throws: `TorchError` when an output does not depend on anything that requires gradients.
public func gradients(
  of outputs: [Tensor], withRespectTo inputs: [Tensor], outputGradients: [Tensor?]? = nil, retainGraph: Bool = false,
  createGraph: Bool = false
) throws(TorchError) -> [Tensor?] {
  let starts = outputGradients ?? outputs.map { _ in nil }
  guard starts.count == outputs.count else {
    throw TorchError(.argument, "taking gradients: \(outputs.count) outputs but \(starts.count) output gradients")
  }
  if inputs.isEmpty { return [] }
  var found = [ctorch_tensor?](repeating: nil, count: inputs.count)
  let status = withExtendedLifetime((outputs, inputs, starts)) {
    let from = outputs.map { Optional($0.handle) }
    let chain = starts.map { $0?.handle }
    let to = inputs.map { Optional($0.handle) }
    return ctorch_gradients(from, chain, from.count, to, to.count, retainGraph, createGraph, true, &found)
  }
  try TorchError.check(
    status, doing: "taking gradients of \(outputs.count) outputs with respect to \(inputs.count) inputs")
  return found.map { $0.map { Tensor(adopting: $0) } }
}

extension Tensor {
  /// True when gradients with respect to this tensor, or through it, are recorded.
  public var requiresGradient: Bool { ctorch_tensor_requires_grad(handle) }

  /// Asks for gradients with respect to this tensor (a leaf) from now on, or no longer.
  /// - Parameter value: Whether gradients are wanted.
  /// - Returns: The same tensor.
  /// - Throws: `TorchError` for tensors of whole numbers and for results of recorded operations.
  @discardableResult
  public func requiresGradient(_ value: Bool) throws(TorchError) -> Tensor {
    try TorchError.check(
      ctorch_tensor_set_requires_grad(handle, value), doing: "asking for gradients of a \(dtype) tensor")
    return self
  }
}
