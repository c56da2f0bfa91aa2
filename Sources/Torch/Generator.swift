internal import CTorch

/// A seeded source of random numbers on a device.
///
/// Numbers drawn on a CPU and on a GPU from the same seed differ: what must not depend on the device (initial noise,
/// renoising) is drawn on the CPU and moved.
public final class Generator {
  let handle: ctorch_generator

  /// A generator that starts from a seed.
  /// - Parameters:
  ///   - seed: The same seed gives the same draws. libtorch's CPU generator looks at the low 32 bits only.
  ///   - device: Where the draws are made.
  /// - Throws: `TorchError` when the device is not there.
  public init(seed: UInt64, device: Device = .cpu) throws(TorchError) {
    var out: ctorch_generator?
    try TorchError.check(
      ctorch_generator_make(device.name, seed, &out), doing: "making a random generator on \(device)")
    guard let out else { throw TorchError(.operation, "making a random generator on \(device): libtorch gave none") }
    handle = out
  }

  deinit { ctorch_generator_free(handle) }

  /// The whole state, as bytes on the CPU: what a resumable run stores.
  /// - Throws: `TorchError` when libtorch cannot tell it.
  public func state() throws(TorchError) -> Tensor {
    try Tensor.make("reading a generator's state") { ctorch_generator_state(handle, &$0) }
  }

  /// Goes on from a stored state.
  /// - Parameter state: What ``state()`` gave.
  /// - Throws: `TorchError` when the bytes are not such a state.
  public func restore(_ state: Tensor) throws(TorchError) {
    let status = withExtendedLifetime((self, state)) { ctorch_generator_set_state(handle, state.handle) }
    try TorchError.check(status, doing: "restoring a generator's state")
  }
}

extension Tensor {
  static func make(_ operation: @autoclosure () -> String, _ body: (inout ctorch_tensor?) -> ctorch_status)
    throws(TorchError) -> Tensor
  {
    var out: ctorch_tensor?
    try TorchError.check(body(&out), doing: operation())
    guard let out else { throw TorchError(.operation, "\(operation()): libtorch gave no tensor") }
    return Tensor(adopting: out)
  }
}
