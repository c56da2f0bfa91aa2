import Checkpoints
import Priors
import TestSupport
import Testing
import Torch

/// Tiny transformers of SD 3 and 3.5 against diffusers.
struct SD3TransformerTests {
  @Test(arguments: [SD3Fixture.sd3, SD3Fixture.sd35, SD3Fixture.residuals])
  func givesTheNumbersOfTheReference(_ name: String) throws {
    let fixture = try SD3Fixture(name)
    let network = try fixture.network()
    try inEveryMode { () throws in #expect(try fixture.agrees(fixture.answer(network))) }
  }

  @Test(arguments: [SD3Fixture.sd3, SD3Fixture.sd35, SD3Fixture.residuals])
  func bfloat16StaysNearFloat32(_ name: String) throws {
    let fixture = try SD3Fixture(name)
    let network = try fixture.network(dtype: .bfloat16)
    #expect(network.dtype == .bfloat16)
    let expected = try fixture.expected()
    try inEveryMode { () throws in
      let found = try fixture.answer(network)
      #expect(found.dtype == .bfloat16)
      let error = try (found.to(.float32) - expected).norm().item() / expected.norm().item()
      #expect(error < 0.02, "\(error)")
    }
  }

  @Test func theFixturesResidualsMatter() throws {
    let fixture = try SD3Fixture(SD3Fixture.residuals)
    let network = try fixture.network()
    let plain = try network(
      fixture.input("hidden_states"), timestep_B: fixture.input("timestep"), prompt: fixture.prompt(network))
    #expect(try !fixture.agrees(plain))
  }

  /// A residual behind the last block would reach the output in no published network.
  @Test func aResidualForEachBlockSkipsTheLast() throws {
    let fixture = try SD3Fixture(SD3Fixture.sd3)
    let network = try fixture.network()
    let shape = [2, 48, 48]
    func answer(_ residuals: [Tensor]) throws -> Tensor {
      try network(
        fixture.input("hidden_states"), timestep_B: fixture.input("timestep"), prompt: fixture.prompt(network),
        residuals: residuals)
    }
    // Not one number for all channels: the norms would take it out again.
    let (zero, some) = (try Tensor.zeros(shape), try Tensor.randn(shape, generator: Generator(seed: 1)))
    #expect(try fixture.agrees(answer([zero, zero, some])))
    for index in 0..<2 {
      var residuals = [zero, zero, zero]
      residuals[index] = some
      #expect(try !fixture.agrees(answer(residuals)))
    }
  }

  @Test func onePromptServesAllSteps() throws {
    let fixture = try SD3Fixture(SD3Fixture.sd35)
    let network = try fixture.network()
    try withoutGradient { () throws in
      let shared = try fixture.prompt(network)
      for time in [Float(900), 10] {
        let times = try Tensor([time, time])
        let alone = try network(fixture.input("hidden_states"), timestep_B: times, prompt: fixture.prompt(network))
        let found = try network(fixture.input("hidden_states"), timestep_B: times, prompt: shared)
        #expect(try floats(found) == floats(alone))
      }
    }
  }

  @Test func rowsDoNotMix() throws {
    let fixture = try SD3Fixture(SD3Fixture.sd35)
    let network = try fixture.network()
    for row in 0..<2 {
      func only(_ name: String) throws -> Tensor { try fixture.input(name).narrowed(0, from: row, length: 1) }
      let prompt = try network.prompt(text_BTE: only("encoder_hidden_states"), pooled_BP: only("pooled_projections"))
      let alone = try network(only("hidden_states"), timestep_B: only("timestep"), prompt: prompt)
      #expect(try isClose(alone, fixture.expected().narrowed(0, from: row, length: 1), 5e-5))
    }
  }

  /// Weights are what the file has in memory: nothing of billions of numbers is copied.
  @Test func takesTheFilesOwnMemory() throws {
    let fixture = try SD3Fixture(SD3Fixture.sd35)
    let weights = try fixture.weights()
    let network = try fixture.network(ParameterDictionary(weights))
    let before = try fixture.answer(network)
    for key in ["pos_embed.pos_embed", "transformer_blocks.1.attn2.to_q.weight", "context_embedder.weight"] {
      let weight = try #require(weights[key])
      let kept = try weight.cloned()
      try weight.zeroInPlace()
      #expect(try !isClose(fixture.answer(network), before), "\(key)")
      try weight.copy(inPlace: kept)
    }
    #expect(try floats(fixture.answer(network)) == floats(before))
  }

  @Test func aNewNetworkBeginsWithBlocksThatDoNothing() throws {
    let config = try SD3Fixture(SD3Fixture.sd35).config()
    let source = try ParameterInitialiser(seed: 1)
    let network = try SD3Transformer(ParameterLoader(source).root, config)
    #expect(source.drawn["pos_embed.pos_embed"] == nil)
    let draws = try Draws()
    let (sample, times) = (try draws.normal([1, 16, 4, 6]), try Tensor([Float(5)]))
    func answer() throws -> [Float] {
      let prompt = try network.prompt(text_BTE: Tensor.ones([1, 3, 40]), pooled_BP: Tensor.ones([1, 24]))
      return try floats(network(sample, timestep_B: times, prompt: prompt))
    }
    let before = try answer()
    #expect(before.count == 16 * 4 * 6 && before.contains { $0 != 0 })
    for (key, tensor) in source.drawn where key.contains(".attn.") || key.contains(".ff.") {
      try tensor.multiply(inPlace: 3)
    }
    #expect(try answer() == before)
  }
}
