import Checkpoints
import Priors
import TestSupport
import Testing
import Torch

/// Tiny transformers of FLUX.1 against diffusers.
struct FluxTransformerTests {
  @Test(arguments: [FluxFixture.dev, FluxFixture.schnell])
  func givesTheNumbersOfTheReference(_ name: String) throws {
    let fixture = try FluxFixture(name)
    let network = try fixture.network()
    try inEveryMode { () throws in #expect(try fixture.agrees(fixture.answer(network))) }
  }

  @Test(arguments: [FluxFixture.dev, FluxFixture.schnell])
  func bfloat16StaysNearFloat32(_ name: String) throws {
    let fixture = try FluxFixture(name)
    let network = try fixture.network(dtype: .bfloat16)
    let expected = try fixture.expected()
    try inEveryMode { () throws in
      let found = try fixture.answer(network)
      #expect(found.dtype == .bfloat16)
      let error = try (found.to(.float32) - expected).norm().item() / expected.norm().item()
      #expect(error < 0.03, "\(error)")
    }
  }

  @Test func guidanceMatters() throws {
    let fixture = try FluxFixture()
    let network = try fixture.network()
    let pass = try fixture.pass()
    let other = FluxPass(
      picture_BLC: pass.picture_BLC, timestep_B: pass.timestep_B, guidance_B: try Tensor([Float(1), 3.5]),
      positions: pass.positions)
    #expect(try !fixture.agrees(network(other, prompt: fixture.prompt(network))))
  }

  @Test func everyWeightMatters() throws {
    let fixture = try FluxFixture()
    let weights = try fixture.weights()
    let network = try fixture.network(ParameterDictionary(weights))
    let before = try fixture.answer(network)
    for (key, weight) in weights where key.hasSuffix("weight") {
      let kept = try weight.cloned()
      try weight.multiply(inPlace: 1.5)
      #expect(try floats(fixture.answer(network)) != floats(before), "\(key)")
      try weight.copy(inPlace: kept)
    }
    #expect(try floats(fixture.answer(network)) == floats(before))
  }

  @Test func tokensThatStandElsewhereAreSeenOtherwise() throws {
    let fixture = try FluxFixture()
    let network = try fixture.network()
    let pass = try fixture.pass()
    func answer(rows: Int, columns: Int) throws -> Tensor {
      let positions = try network.config.positions(textLength: 9, rows: rows, columns: columns)
      let moved = FluxPass(
        picture_BLC: pass.picture_BLC, timestep_B: pass.timestep_B, guidance_B: pass.guidance_B, positions: positions)
      return try network(moved, prompt: fixture.prompt(network))
    }
    // The fixture's latent has 4 rows of 6.
    #expect(try fixture.agrees(answer(rows: 4, columns: 6)))
    #expect(try !fixture.agrees(answer(rows: 6, columns: 4)))
  }

  @Test func rowsDoNotMix() throws {
    let fixture = try FluxFixture()
    let network = try fixture.network()
    let whole = try fixture.pass()
    for row in 0..<2 {
      func only(_ tensor: Tensor) throws -> Tensor { try tensor.narrowed(0, from: row, length: 1) }
      let prompt = try network.prompt(
        text_BTE: only(fixture.input("encoder_hidden_states")), pooled_BP: only(fixture.input("pooled_projections")))
      let pass = FluxPass(
        picture_BLC: try only(whole.picture_BLC), timestep_B: try only(whole.timestep_B),
        guidance_B: try only(#require(whole.guidance_B)), positions: whole.positions)
      #expect(try isClose(network(pass, prompt: prompt), only(fixture.expected()), 5e-5))
    }
  }
}
