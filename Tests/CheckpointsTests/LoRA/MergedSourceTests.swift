import Checkpoints
import TestSupport
import Testing
import Torch

@Suite struct MergedSourceTests {
  private func take(_ source: any ParameterSource, _ key: String, _ shape: [Int]) throws -> Tensor {
    try ParameterLoader(source).root.take(key, shape, .zeros)
  }

  private static let down = [1, 2, 3, 10, 20, 30] as [Float]
  private static let up = [1, 0, 0, 1] as [Float]

  @Test func addsTheScaledProduct() throws {
    let base = try ParameterDictionary(["w": .ones([2, 3]), "other": .ones([2])])
    let update = try LowRankUpdate(
      down: Tensor(Self.down, [2, 3]), up: Tensor([1, 0, 1, 1] as [Float], [2, 2]), scale: 0.5)
    let source = try MergedSource(base, ["w": [update]])
    #expect(source.keys == ["w", "other"])
    #expect(try take(source, "w", [2, 3]).floats() == [1.5, 2, 2.5, 6.5, 12, 17.5])
    #expect(try take(source, "other", [2]).floats() == [1, 1])
    // The base is somebody's file.
    #expect(try take(base, "w", [2, 3]).floats() == [1, 1, 1, 1, 1, 1])
  }

  @Test func changesTheRowsThatAreMeant() throws {
    let base = try ParameterDictionary(["w": .zeros([5, 3])])
    func update(_ rows: Range<Int>, _ scale: Double) throws -> LowRankUpdate {
      try LowRankUpdate(
        down: Tensor(Self.down, [2, 3]), up: Tensor(Self.up, [2, 2]), scale: scale, rows: rows)
    }
    let source = try MergedSource(base, ["w": [update(0..<2, 1), update(3..<5, 2)]])
    #expect(
      try take(source, "w", [5, 3]).floats() == [1, 2, 3, 10, 20, 30, 0, 0, 0, 2, 4, 6, 20, 40, 60])
  }

  /// The same change, said of all rows: gradients still reach its matrices.
  @Test func aChangeOfRowsCanBeSaidOfAll() throws {
    let base = try ParameterDictionary(["w": .ones([5, 3])])
    let up = try Tensor(Self.up, [2, 2]).requiresGradient(true)
    let part = try LowRankUpdate(down: Tensor(Self.down, [2, 3]), up: up, scale: 2, rows: 2..<4)
    let whole = try part.widened(to: 5)
    #expect(whole.rows == nil && whole.up.shape == [5, 2] && whole.scale == 2)
    #expect(
      try take(MergedSource(base, ["w": [whole]]), "w", [5, 3]).floats()
        == take(MergedSource(base, ["w": [part]]), "w", [5, 3]).floats())
    let gradient = try gradients(of: [whole.up.sum()], withRespectTo: [up])[0]
    #expect(try gradient?.floats() == [1, 1, 1, 1])
    let error = #expect(throws: CheckpointError.self) { try part.widened(to: 3) }
    #expect(error?.message == "widening a LoRA of rows 2..<4: the weight has 3 rows")
  }

  @Test func convolutionsAreMatricesOfTheirRows() throws {
    let base = try ParameterDictionary(["w": .zeros([2, 1, 1, 3])])
    let update = try LowRankUpdate(
      down: Tensor(Self.down, [2, 1, 1, 3]), up: Tensor(Self.up, [2, 2, 1, 1]), scale: 1)
    let merged = try take(try MergedSource(base, ["w": [update]]), "w", [2, 1, 1, 3])
    #expect(try merged.floats() == Self.down)
  }

  /// A weight of 256 and a change of 1.5 in steps of 0.5: bfloat16 would lose each step.
  @Test func sumsInFloat32AndRoundsOnce() throws {
    let base = try ParameterDictionary(["w": .full([1, 1], 256, dtype: .bfloat16)])
    let step = try LowRankUpdate(down: .ones([1, 1]), up: .ones([1, 1]), scale: 0.5)
    let merged = try take(try MergedSource(base, ["w": [step, step, step]]), "w", [1, 1])
    #expect(merged.dtype == .bfloat16)
    #expect(try merged.item() == 258)
  }

  @Test func aLayoutStaysWithoutMemory() throws {
    let base = try ParameterDictionary(["w": .empty([2, 3], device: .meta)])
    let update = try LowRankUpdate(down: .ones([1, 3]), up: .ones([2, 1]), scale: 1)
    #expect(try take(try MergedSource(base, ["w": [update]]), "w", [2, 3]).device == .meta)
  }

  @Test func aQuantisedWeightIsRefused() throws {
    let base = try ParameterDictionary(["w": .zeros([2, 3], dtype: .int8)], name: "it")
    let source = try MergedSource(base, ["w": [LowRankUpdate(down: .ones([1, 3]), up: .ones([2, 1]), scale: 1)]])
    let error = #expect(throws: CheckpointError.self) { try take(source, "w", [2, 3]) }
    #expect(
      error?.message == "merging a LoRA into 'w' from it: it holds int8; take a checkpoint that is not quantised")
  }

  @Test func aChangeOfAWeightThatIsNotThereIsRefused() throws {
    let base = try ParameterDictionary(["w": .zeros([2, 3])], name: "base.safetensors")
    let update = try LowRankUpdate(down: .ones([1, 3]), up: .ones([2, 1]), scale: 1)
    let error = #expect(throws: CheckpointError.self) {
      try MergedSource(base, ["w": [update], "v": [update], "u": [update]])
    }
    #expect(error?.code == .mismatch)
    #expect(
      error?.message
        == "merging a LoRA into base.safetensors: 2 of the 3 weights that it changes are not there ('u', 'v'). "
        + "Was it made for another model?")
  }

  @Test(
    arguments: [
      ([1, 4], [2, 1], nil), ([1, 3], [3, 1], nil), ([2, 3], [2, 1], nil), ([3], [2, 1], nil), ([1, 3], [2], nil),
      ([1, 3], [1, 1], 0..<2), ([1, 3], [2, 1], 1..<3),
    ] as [([Int], [Int], Range<Int>?)])
  func aChangeThatDoesNotFitIsRefused(_ down: [Int], _ up: [Int], _ rows: Range<Int>?) throws {
    let base = try ParameterDictionary(["w": .zeros([2, 3])], name: "base.safetensors")
    let source = try MergedSource(base, ["w": [LowRankUpdate(down: .ones(down), up: .ones(up), scale: 1, rows: rows)]])
    let error = #expect(throws: CheckpointError.self) { try take(source, "w", [2, 3]) }
    let place = rows ?? 0..<2
    #expect(
      error?.message
        == "merging a LoRA into 'w' from base.safetensors: B \(up) times A \(down) does not fit rows "
        + "\(place.lowerBound)..<\(place.upperBound) of [2, 3]. Was it made for another model?")
  }
}
