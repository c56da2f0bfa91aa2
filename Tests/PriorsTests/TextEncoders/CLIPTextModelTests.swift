import Checkpoints
import Priors
import TestSupport
import Testing
import Torch

struct CLIPTextModelTests {
  @Test func givesTheNumbersOfOpenAIsKind() throws {
    let fixture = try TextEncoderFixture(TextEncoderFixture.projected)
    let encoding = try fixture.model()(fixture.ids(), hiddenStates: [0, 1, 2, 3, 4])
    #expect(encoding.hiddenStates_BLD.count == 5)
    for (number, state) in encoding.hiddenStates_BLD { #expect(try fixture.agrees(state, "hidden_states.\(number)")) }
    #expect(try fixture.agrees(encoding.lastHiddenState_BLD, "last_hidden_state"))
    #expect(try fixture.agrees(#require(encoding.projected_BD), "text_embeds"))
    #expect(encoding.pooled_BD.shape == [3, 48])
  }

  @Test func givesTheNumbersOfOpenCLIPsKind() throws {
    let fixture = try TextEncoderFixture(TextEncoderFixture.plain)
    let encoding = try fixture.model()(fixture.ids(), hiddenStates: [0, 1, 2, 3])
    for (number, state) in encoding.hiddenStates_BLD { #expect(try fixture.agrees(state, "hidden_states.\(number)")) }
    #expect(try fixture.agrees(encoding.lastHiddenState_BLD, "last_hidden_state"))
    #expect(try fixture.agrees(encoding.pooled_BD, "pooler_output"))
    #expect(encoding.projected_BD == nil)
  }

  @Test func keepsOnlyTheStatesAskedFor() throws {
    let fixture = try TextEncoderFixture(TextEncoderFixture.projected)
    let model = try fixture.model()
    #expect(model.penultimate == 3)
    #expect(try model(fixture.ids()).hiddenStates_BLD.isEmpty)
    #expect(try model(fixture.ids(), hiddenStates: [model.penultimate]).hiddenStates_BLD.keys.sorted() == [3])
    for number in 0...4 {
      #expect(try fixture.agrees(model.hiddenState(number, of: fixture.ids()), "hidden_states.\(number)"))
    }
  }

  @Test func laterTokensDoNotReachEarlierOnes() throws {
    let fixture = try TextEncoderFixture(TextEncoderFixture.plain)
    let model = try fixture.model()
    let first = try model(Tensor([5, 6, 7, 8], [1, 4])).lastHiddenState_BLD
    let second = try model(Tensor([5, 6, 9, 1], [1, 4])).lastHiddenState_BLD
    #expect(try isClose(first.narrowed(1, from: 0, length: 2), second.narrowed(1, from: 0, length: 2)))
    #expect(try !isClose(first.narrowed(1, from: 2, length: 1), second.narrowed(1, from: 2, length: 1), 1e-2))
  }

  /// Where the pooled text stands, for ids and the end token that the configuration names.
  @Test(arguments: [
    (2, [3, 399, 7, 399, 2], 1), (2, [2, 3, 2, 1, 0], 1), (7, [3, 399, 7, 7, 2], 2), (8, [3, 399, 7, 7, 2], 0),
  ])
  func poolsAtTheFirstEnd(end: Int, ids: [Int], position: Int) throws {
    let fixture = try TextEncoderFixture(TextEncoderFixture.plain)
    var config = try fixture.config()
    config.endID = end
    // The row before has its end elsewhere.
    let encoding = try fixture.model(config)(Tensor([end, 1, 1, 1, 1] + ids, [2, 5]))
    let expected = try encoding.lastHiddenState_BLD.selected(0, 1).selected(0, position)
    #expect(try floats(encoding.pooled_BD.selected(0, 1)) == floats(expected))
  }

  @Test func claimsThePositionsOfOlderFiles() throws {
    let fixture = try TextEncoderFixture(TextEncoderFixture.plain)
    var weights = try fixture.weights()
    weights["text_model.embeddings.position_ids"] = try Tensor(Array(0..<77), [1, 77])
    let model = try fixture.load(ParameterDictionary(weights))
    #expect(try fixture.agrees(model(fixture.ids()).pooled_BD, "pooler_output"))
  }

  @Test func aFileWithoutArchitecturesHasTheProjectionItHolds() throws {
    for name in [TextEncoderFixture.projected, TextEncoderFixture.plain] {
      let fixture = try TextEncoderFixture(name)
      var config = try fixture.config()
      config.architectures = nil
      let encoding = try fixture.model(config)(fixture.ids())
      #expect((encoding.projected_BD != nil) == (name == TextEncoderFixture.projected))
    }
  }

  @Test func bfloat16StaysNearFloat32() throws {
    let fixture = try TextEncoderFixture(TextEncoderFixture.plain)
    let model = try fixture.model(dtype: .bfloat16)
    #expect(model.dtype == .bfloat16)
    let found = try model(fixture.ids()).lastHiddenState_BLD
    #expect(found.dtype == .bfloat16)
    let expected = try fixture.file.tensor("out/last_hidden_state")
    // bfloat16 keeps 8 bits, 0.4 %, and three blocks add up.
    #expect(try (found.to(.float32) - expected).norm().item() / expected.norm().item() < 0.02)
  }

  @Test func itsMemoryGoesWithIt() throws {
    weak var weight: Tensor?
    let encoding: CLIPTextEncoding
    do {
      let fixture = try TextEncoderFixture(TextEncoderFixture.plain)
      let weights = try fixture.weights()
      weight = weights["text_model.embeddings.token_embedding.weight"]
      #expect(weight != nil)
      encoding = try withoutGradient { () throws in try fixture.load(ParameterDictionary(weights))(fixture.ids()) }
    }
    #expect(weight == nil)
    #expect(encoding.pooled_BD.shape == [3, 64])
  }

  @Test(arguments: [
    ([5, 400], [1, 2], "a text encoder of 400 tokens was given the id 400; the tokenizer belongs to another model"),
    ([5, -1], [1, 2], "was given the id -1"),
    (Array(repeating: 1, count: 78), [1, 78], "a text encoder takes int64 ids [B, L] with L up to 77, not Tensor("),
    ([1, 2], [2], "takes int64 ids [B, L]"), ([], [0, 4], "takes int64 ids [B, L]"),
    ([], [4, 0], "takes int64 ids [B, L]"),
  ])
  func refusesOtherIDs(ids: [Int], shape: [Int], words: String) throws {
    let model = try TextEncoderFixture(TextEncoderFixture.plain).model()
    let error = #expect(throws: TorchError.self) { try model(Tensor(ids, shape)) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test func refusesIDsThatAreNoNumbersOfRows() throws {
    let model = try TextEncoderFixture(TextEncoderFixture.plain).model()
    let error = #expect(throws: TorchError.self) { try model(Tensor([1, 2] as [Float], [1, 2])) }
    #expect(error?.message.contains("takes int64 ids") == true)
  }

  @Test(arguments: [-1, 4]) func refusesAStateThatIsNotThere(number: Int) throws {
    let fixture = try TextEncoderFixture(TextEncoderFixture.plain)
    let model = try fixture.model()
    for ask in [
      { _ = try model(fixture.ids(), hiddenStates: [1, number]) },
      { _ = try model.hiddenState(number, of: fixture.ids()) },
    ] {
      let error = #expect(throws: TorchError.self) { try ask() }
      #expect(error?.message == "a text encoder of 3 layers has the hidden states 0…3, not \(number)")
    }
  }
}
