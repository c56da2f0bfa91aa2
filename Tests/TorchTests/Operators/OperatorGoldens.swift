import Checkpoints
import TestSupport
import Torch

/// What PyTorch answered for one case, from `Tests/Fixtures/Torch/operators.safetensors`.
struct OperatorGolden {
  /// The inputs as leaves: those of floating point ask for gradients.
  let inputs: [Tensor]
  let outputs: [Tensor]
  /// The start of the chain by output; outputs without one carry no gradient.
  let starts: [Int: Tensor]
  /// The gradients by input; inputs without one are not reached.
  let gradients: [Int: Tensor]

  init(_ id: String) throws {
    let file = try Self.file()
    func find(_ kind: String, _ count: Int) throws -> [Int: Tensor] {
      var found: [Int: Tensor] = [:]
      for index in 0..<count where file.keys.contains("\(id)/\(kind).\(index)") {
        found[index] = try file.tensor("\(id)/\(kind).\(index)")
      }
      return found
    }
    // No operator here has more than 8 inputs or results.
    let given = try find("in", 8)
    let results = try find("out", 8)
    inputs = try (0..<given.count).map { try OperatorGolden.leaf(given[$0]) }
    outputs = (0..<results.count).compactMap { results[$0] }
    starts = try find("start", outputs.count)
    gradients = try find("grad", inputs.count)
  }

  private static func leaf(_ tensor: Tensor?) throws -> Tensor {
    guard let tensor else { throw TorchError(.argument, "the golden file skips the number of an input") }
    return tensor.dtype.isFloatingPoint ? try tensor.requiresGradient(true) : tensor
  }

  /// The golden file, opened once; reading from several tests at a time is safe, and none writes into its tensors.
  static func file() throws -> SafetensorsFile { try opened.get() }

  private nonisolated(unsafe) static let opened = Result {
    try SafetensorsFile(path: Fixture.path("Torch/operators.safetensors"))
  }

  /// The names of the cases.
  static func ids() throws -> Set<String> { Set(try file().keys.map { key in String(key.prefix { $0 != "/" }) }) }
}
