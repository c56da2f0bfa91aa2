import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

/// Every operator against PyTorch: values, shapes, types and gradients.
@Suite struct OperatorTests {
  @Test(arguments: OperatorCase.all) func matchesPyTorch(_ testCase: OperatorCase) throws {
    let golden = try OperatorGolden(testCase.id)
    let results = try testCase.call(golden.inputs)
    try #require(results.count == golden.outputs.count)
    for (index, (result, expected)) in zip(results, golden.outputs).enumerated() {
      try expectClose(result, expected, "result \(index)")
      #expect(result.requiresGradient == (golden.starts[index] != nil), "result \(index) and gradients")
    }
    let roots = golden.starts.keys.sorted()
    let leaves = golden.inputs.indices.filter { golden.inputs[$0].requiresGradient }
    guard !roots.isEmpty else { return }
    let found = try gradients(
      of: roots.map { results[$0] }, withRespectTo: leaves.map { golden.inputs[$0] },
      outputGradients: roots.map { golden.starts[$0] })
    for (leaf, gradient) in zip(leaves, found) {
      #expect((gradient == nil) == (golden.gradients[leaf] == nil), "whether input \(leaf) is reached")
      guard let gradient, let expected = golden.gradients[leaf] else { continue }
      try expectClose(gradient, expected, "gradient of input \(leaf)")
    }
  }

  /// Float32 kernels of other vector widths may round differently in the last two bits; bfloat16 has 8.
  private func expectClose(_ actual: Tensor, _ expected: Tensor, _ what: Comment) throws {
    #expect(actual.dtype == expected.dtype, what)
    let isCoarse = expected.dtype == .bfloat16 || expected.dtype == .float16
    let difference = try Difference(
      actual, expected, absolute: isCoarse ? 1e-2 : 1e-6, relative: isCoarse ? 1e-2 : 1e-5)
    #expect(difference.isClose, "\(what): \(actual.shape), largest difference \(difference.absolute)")
  }

  @Test func everyGoldenHasItsLine() throws {
    let lines = OperatorCase.all.map { $0.id }
    #expect(Set(lines).count == lines.count)
    #expect(Set(lines) == (try OperatorGolden.ids()))
  }

  /// A new operator in Sources/Torch/Operators needs a case in make-operators.py and a line in the table here.
  @Test func everyOperatorHasACase() throws {
    let folder = Fixture.repositoryPath("Sources/Torch/Operators")
    let pattern = /Operator\("aten::(?<name>\w+)"(?:, "(?<overload>\w+)")?\)/
    var declared: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      for match in text.matches(of: pattern) {
        declared.insert(match.output.overload.map { "\(match.output.name).\($0)" } ?? String(match.output.name))
      }
    }
    #expect(declared.count > 100)
    #expect(declared.subtracting(OperatorCase.all.map { $0.operatorName }).sorted() == [])
  }

  @Test func goldensAreOfThePinnedVersion() throws {
    let metadata = try OperatorGolden.file().metadata
    let release = Machine.compiledVersion.split(separator: ".").prefix(2).joined(separator: ".")
    #expect(metadata["torch"]?.hasPrefix(release + ".") == true)
    #expect(metadata["draws"] == String(OperatorCase.drawsSeed))
    #expect(metadata["seed"] != nil)
    #expect(metadata["dtype"] != nil)
  }
}
