import TestSupport
import Testing
import Torch

@testable import Checkpoints

@Suite struct StateChoiceTests {
  private static func keys(_ name: String, _ choice: StateChoice, keepsPrefixes: Bool = false) throws -> Set<String> {
    try TorchFile(path: Fixture.path("TorchFiles/\(name).pth"), state: choice, keepsPrefixes: keepsPrefixes).keys
  }

  @Test func averagedWeightsComeFirst() throws {
    let path = Fixture.path("TorchFiles/ema.pth")
    let average = try TorchFile(path: path).tensor("bias").floats()
    let last = try TorchFile(path: path, state: .entry("params")).tensor("bias").floats()
    #expect(try average == TorchFile(path: path, state: .entry("params_ema")).tensor("bias").floats())
    #expect(average != last)
  }

  @Test func theWholeHasEveryTensor() throws {
    #expect(
      try Self.keys("ema", .whole) == ["params.weight", "params.bias", "params_ema.weight", "params_ema.bias"])
    #expect(try Self.keys("nested", .entry("generator/inner")) == ["b", "list.0", "list.1", "7"])
  }

  @Test func wrappersPrefixesCanStay() throws {
    #expect(try Self.keys("parallel", .automatic) == ["weight", "bias"])
    #expect(try Self.keys("parallel", .automatic, keepsPrefixes: true) == ["module.weight", "module.bias"])
  }

  @Test func severalSetsOfWeightsAreListed() throws {
    let error = try #require(throws: CheckpointError.self) { try Self.keys("several", .automatic) }
    #expect(error.code == .mismatch)
    #expect(
      error.message.hasSuffix(
        "it holds several sets of weights, 'critic', 'generator'; say which one is meant (`--state NAME`)."))
    #expect(try Self.keys("several", .entry("critic")) == ["w"])
    #expect(try Self.keys("several", .whole) == ["generator.w", "critic.w"])
  }

  @Test func anEntryThatIsNotThereIsNamed() throws {
    let error = try #require(throws: CheckpointError.self) { try Self.keys("ema", .entry("model")) }
    #expect(error.message.hasSuffix("it has no entry 'model'; there are 'params', 'params_ema'."))
  }

  /// A table of saved objects, spelled as pickles, and the keys that the rule gives.
  @Test(
    arguments: [
      ("known names before tensors beside them", .dictionary(["params": .tensors("a"), "w": .tensor]), ["a"]),
      ("tensors before unknown names", .dictionary(["other": .tensors("a"), "w": .tensor]), ["other.a", "w"]),
      ("one unknown name", .dictionary(["other": .tensors("a"), "epoch": .number]), ["a"]),
      ("optimizers do not count", .dictionary(["other": .tensors("a"), "optimizer": .tensors("b")]), ["a"]),
      ("a known name without tensors", .dictionary(["model": .number, "net": .tensors("a")]), ["a"]),
      ("names within names", .dictionary(["model": .dictionary(["state_dict": .tensors("a")])]), ["a"]),
      ("no wrapper around all", .dictionary(["module.a": .tensor, "b": .tensor]), ["module.a", "b"]),
      ("two wrappers", .dictionary(["_orig_mod.module.a": .tensor]), ["a"]),
      ("nothing but a wrapper", .dictionary(["module.": .tensor]), ["module."]),
    ] as [(String, Saved, Set<String>)])
  func ruleOfChoice(_ name: String, _ saved: Saved, _ keys: Set<String>) throws {
    let file = TorchBytes.archive(pickle: saved.pickle, storages: ["0": Array(repeating: 0, count: 8)])
    #expect(try Set(file.withUnsafeBytes { try TorchContents($0) }.views.keys) == keys)
  }

  /// Objects to save.
  indirect enum Saved: Sendable {
    case tensor, number
    case dictionary([String: Saved])

    static func tensors(_ name: String) -> Saved { .dictionary([name: .tensor]) }

    var pickle: [UInt8] { [0x80, 2] + body + Array(".".utf8) }

    private var body: [UInt8] {
      switch self {
      case .tensor: PickleText.tensor()
      case .number: PickleText.integer(7)
      case .dictionary(let entries):
        Array("}(".utf8) + entries.sorted { $0.key < $1.key }.flatMap { PickleText.text($0.key) + $0.value.body }
          + Array("u".utf8)
      }
    }
  }
}
