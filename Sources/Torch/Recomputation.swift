internal import CTorch

/// Runs `body` such that the blocks of networks in it keep nothing for the backward pass but their inputs, and compute the
/// rest again in it (Chen et al. 2016, "Training deep nets with sublinear memory cost"): less memory, a third more time, the
/// same gradients.
///
/// The state belongs to the thread, so the closure is synchronous.
public func withRecomputation<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
  let former = ctorch_set_recompute_enabled(true)
  defer { _ = ctorch_set_recompute_enabled(former) }
  return try body()
}

/// Marks the work of a block: inside of ``withRecomputation(_:)`` it is done again in the backward pass instead of keeping
/// what that needs.
///
/// - Parameter body: The work. It must do the same operations when it is called again, maybe on another thread, and must not
///   change anything.
/// - Returns: What `body` answers.
/// - Throws: What `body` throws. An error of the second time is thrown by ``gradients(of:withRespectTo:outputGradients:retainGraph:createGraph:)``.
public func recomputedInBackward<Value>(
  _ body: @escaping () throws(TorchError) -> Value
) throws(TorchError) -> Value {
  guard isGradientRecorded, ctorch_recompute_enabled() else { return try body() }
  let work = RecomputedWork { () throws(TorchError) in _ = try body() }
  try TorchError.check(
    ctorch_recompute_begin(
      { context in context.map { RecomputedWork.of($0).run() } ?? CTORCH_ERROR },
      { context in context.map { Unmanaged<RecomputedWork>.fromOpaque($0).release() } },
      Unmanaged.passRetained(work).toOpaque()),
    doing: "marking work to be recomputed")
  defer { ctorch_recompute_end() }
  return try body()
}

/// A block's work as C sees it.
private final class RecomputedWork {
  private let body: () throws(TorchError) -> Void

  init(_ body: @escaping () throws(TorchError) -> Void) { self.body = body }

  static func of(_ context: UnsafeMutableRawPointer) -> RecomputedWork {
    Unmanaged<RecomputedWork>.fromOpaque(context).takeUnretainedValue()
  }

  /// libtorch's last message is still that of the failed operation.
  func run() -> ctorch_status {
    do {
      try body()
      return CTORCH_OK
    } catch {
      return error.code == .outOfMemory ? CTORCH_OUT_OF_MEMORY : CTORCH_ERROR
    }
  }
}
