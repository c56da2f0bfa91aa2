internal import Torch

/// What happens to a parameter that a ``ParameterPath`` finds.
enum ParameterHandling {
  /// It is brought to the load's type and device, and kept by whoever asked.
  case reading
  /// It is looked up and counted, and stays where it is.
  case accounting(ParameterSize)
  /// It is wanted for a moment; what lies in a mapped file is listed, to be given back.
  case lending(LentParameters)
}

/// Bytes of parameters that were looked up, in the load's type.
final class ParameterSize {
  var byteCount = 0
}

/// Parameters in a mapped file's memory that are to be given back.
final class LentParameters {
  var tensors: [Tensor] = []

  func giveBack() {
    for tensor in tensors { MappedMemory.release(tensor) }
    tensors = []
  }
}

extension ParameterPath {
  /// Looks up what a module asks for, without reading any of it: the load's account is complete then, and the module can
  /// be built later.
  /// - Parameter build: Makes the module of tensors that have shape and type but no memory.
  /// - Returns: Bytes that its parameters will take, in the load's type.
  /// - Throws: What `build` and the source throw.
  public func account(for build: (ParameterPath) throws -> Void) throws -> Int {
    let size = ParameterSize()
    try build(with(.accounting(size)))
    return size.byteCount
  }

  /// Builds a module, has it used, and gives its memory back: pages of a mapped file leave this process, and copies go with
  /// the module.
  /// - Parameters:
  ///   - build: Makes the module. Nothing of it may be kept.
  ///   - use: Works with it.
  /// - Returns: What `use` answers.
  /// - Throws: What `build`, `use` and the source throw.
  public func lend<Module, Value>(
    _ build: (ParameterPath) throws -> Module, to use: (Module) throws -> Value
  ) throws -> Value {
    let lent = LentParameters()
    defer { lent.giveBack() }
    return try use(try build(with(.lending(lent))))
  }

  private func with(_ handling: ParameterHandling) -> ParameterPath {
    ParameterPath(loader: loader, prefix: prefix, handling: handling)
  }
}
