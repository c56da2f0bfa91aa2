import Checkpoints
import TestSupport
import Testing
import Torch

@Suite struct ParameterLoaderTests {
  /// A component of two parameters a layer.
  private struct Stack {
    let weights: [Tensor]

    init(_ path: ParameterPath, layers: Int = 2) throws {
      weights = try (0..<layers).flatMap { index in
        let layer = path / "layers" / index
        return [
          try layer.take("weight", [2, 3], .uniform(fanIn: 3)), try layer.take("bias", [2], .zeros),
        ]
      }
    }
  }

  private func sound() throws -> [String: Tensor] {
    try [
      "layers.0.weight": .full([2, 3], 1), "layers.0.bias": .full([2], 2), "layers.1.weight": .full([2, 3], 3),
      "layers.1.bias": .full([2], 4),
    ]
  }

  private func failure(_ tensors: [String: Tensor], ignoring: (String) -> Bool = { _ in false }) throws
    -> CheckpointError
  {
    try #require(throws: CheckpointError.self) {
      try ParameterLoader.load(
        ParameterDictionary(tensors, name: "stack.safetensors"), component: "the stack", ignoring: ignoring
      ) { try Stack($0) }
    }
  }

  @Test func everyParameterFindsItsPlace() throws {
    let stack = try ParameterLoader.load(ParameterDictionary(sound()), component: "the stack") { try Stack($0) }
    #expect(try stack.weights.map { try $0.floats()[0] } == [1, 2, 3, 4])
  }

  @Test func aFileIsASource() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.safetensors")
    try SafetensorsWriter.write(sound(), to: path)
    let stack = try ParameterLoader.load(openCheckpoint(path), component: "the stack") { try Stack($0) }
    #expect(try stack.weights.map { try $0.floats()[0] } == [1, 2, 3, 4])
    try SafetensorsWriter.write(["layers.0.bias": .zeros([2])], to: path)
    let error = #expect(throws: CheckpointError.self) {
      try ParameterLoader.load(openCheckpoint(path), component: "the stack") { try Stack($0) }
    }
    #expect(error?.message.hasPrefix("loading the stack from \(path): missing: layers.0.weight, layers.1.bias") == true)
  }

  @Test func parametersTakeTypeAndLeaveWholeNumbers() throws {
    let source = try ParameterDictionary(["w": .ones([2]), "n": .ones([2], dtype: .int64)])
    let taken = try ParameterLoader.load(source, component: "it", dtype: .bfloat16) { path in
      [try path.take("w", [2], .ones), try path.take("n", [2], .ones)]
    }
    #expect(taken.map { $0.dtype } == [.bfloat16, .int64])
    let kept = try ParameterLoader.load(PrefixedSource(source, prefix: ""), component: "it", ignoring: { $0 == "n" }) {
      try $0.take("w", [2], .ones)
    }
    #expect(kept.dtype == .float32)
  }

  @Test func everyFaultIsInOneMessage() throws {
    var tensors = try sound()
    tensors["layers.0.weight"] = nil
    tensors["layers.1.bias"] = try .zeros([3])
    tensors["layers.2.bias"] = try .zeros([2])
    let error = try failure(tensors)
    #expect(error.code == .mismatch)
    #expect(
      error.message
        == "loading the stack from stack.safetensors: missing: layers.0.weight; unexpected: layers.2.bias; "
        + "of another shape: layers.1.bias [3] instead of [2]. "
        + "Is this the checkpoint of another model, or an incomplete one?")
  }

  @Test func manyFaultsAreCounted() throws {
    var tensors = try sound()
    for index in 0..<7 { tensors["extra.\(index)"] = try .zeros([1]) }
    let error = try failure(tensors)
    #expect(error.message.contains("unexpected: extra.0, extra.1, extra.2, extra.3, … (7 in all)."))
    #expect(!error.message.contains("missing"))
  }

  @Test func harmlessKeysCanBeIgnored() throws {
    var tensors = try sound()
    tensors["position_ids"] = try .zeros([1])
    tensors["other"] = try .zeros([1])
    let error = try failure(tensors, ignoring: { $0 == "position_ids" })
    #expect(error.message.contains("unexpected: other."))
    tensors["other"] = nil
    _ = try ParameterLoader.load(
      ParameterDictionary(tensors), component: "the stack", ignoring: { $0 == "position_ids" }
    ) { try Stack($0) }
  }

  @Test func missingParametersHaveTheirShapeSoThatBuildingGoesOn() throws {
    let loader = ParameterLoader(ParameterDictionary([:]))
    let stack = try Stack(loader.root)
    #expect(stack.weights.map { $0.shape } == [[2, 3], [2], [2, 3], [2]])
    #expect(stack.weights.allSatisfy { $0.device == .meta })
    let account = loader.finish()
    #expect(account.missing == ["layers.0.bias", "layers.0.weight", "layers.1.bias", "layers.1.weight"])
    #expect(!account.isClean)
  }

  @Test func aKeyOfAnotherShapeIsNoOtherFault() throws {
    let loader = try ParameterLoader(ParameterDictionary(["b": .zeros([1]), "a": .zeros([1]), "d": .zeros([2])]))
    #expect(try loader.root.take("d", [3], .zeros).shape == [3])
    let account = loader.finish()
    #expect(account.unexpected == ["a", "b"])
    #expect(account.missing == [])
    #expect(account.mismatched.map { $0.key } == ["d"])
    #expect(account.mismatched.first?.expected == [3])
    #expect(account.mismatched.first?.found == [2])
  }

  @Test func aSourcesOwnErrorsPass() throws {
    let folder = try TemporaryFolder()
    let header = "{" + SafetensorsBytes.line("w", "F8_E4M3", "[2]", "[0,2]") + "}"
    let path = try folder.write(SafetensorsBytes.file(header, buffer: 2), to: "a.safetensors")
    let error = #expect(throws: CheckpointError.self) {
      try ParameterLoader.load(openCheckpoint(path), component: "it") { try $0.take("w", [2], .ones) }
    }
    #expect(error?.code == .unsupported)
  }
}
