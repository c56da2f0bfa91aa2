import Checkpoints
import Priors
import Testing
import Torch

/// Tiny U-Nets of the published kinds against diffusers: `Tests/Fixtures/Priors/make-priors.py`.
struct UNetTests {
  private func sd2(dtype: DType? = nil) throws -> (UNet2DCondition, PriorsFixture) {
    let fixture = try PriorsFixture("unet-sd2")
    return (try fixture.load(dtype: dtype) { try UNet2DCondition($0, fixture.config()) }, fixture)
  }

  private func context(_ fixture: PriorsFixture) throws -> Context {
    Context(try fixture.input("encoder_hidden_states"))
  }

  /// The latent is 13×9: every way up has to meet an odd skip.
  @Test func sd2GivesTheNumbersOfTheReference() throws {
    let (network, fixture) = try sd2()
    try inEveryMode { () throws in
      let found = try network(
        fixture.input("sample"), timestep_B: fixture.input("timestep"), context: context(fixture))
      #expect(try isClose(found, fixture.output("sample"), 3e-5))
    }
  }

  @Test func residualsJoinTheSkipsAndTheMiddle() throws {
    let (network, fixture) = try sd2()
    let residuals = ControlResiduals(down: try fixture.list("in/down"), middle: try fixture.input("middle"))
    try inEveryMode { () throws in
      let found = try network(
        fixture.input("sample"), timestep_B: fixture.input("timestep"), context: context(fixture), residuals: residuals)
      #expect(try isClose(found, fixture.output("steered"), 5e-5))
    }
  }

  @Test func sdxlGivesTheNumbersOfTheReference() throws {
    let fixture = try PriorsFixture("unet-sdxl")
    let network = try fixture.load { try UNet2DCondition($0, fixture.config()) }
    let added = AddedConditioning(
      pooledText_BD: try fixture.input("text_embeds"), sizes_B6: try fixture.input("time_ids"))
    try inEveryMode { () throws in
      let found = try network(
        fixture.input("sample"), timestep_B: fixture.input("timestep"), context: context(fixture), added: added)
      #expect(try isClose(found, fixture.output("sample"), 3e-5))
    }
  }

  @Test func sdxlWithoutItsConditioningSaysSo() throws {
    let fixture = try PriorsFixture("unet-sdxl")
    let network = try fixture.load { try UNet2DCondition($0, fixture.config()) }
    let error = #expect(throws: TorchError.self) {
      try network(fixture.input("sample"), timestep_B: fixture.input("timestep"), context: context(fixture))
    }
    #expect(
      error?.message == "a U-Net of the kind 'text_time' was given no pooled text and sizes; pass AddedConditioning")
  }

  @Test(arguments: [0, 7, 9])
  func anotherNumberOfResidualsIsRefused(count: Int) throws {
    let (network, fixture) = try sd2()
    let all = try fixture.list("in/down") + [fixture.input("middle")]
    let residuals = ControlResiduals(down: Array(all.prefix(count)), middle: try fixture.input("middle"))
    let error = #expect(throws: TorchError.self) {
      try network(
        fixture.input("sample"), timestep_B: fixture.input("timestep"), context: context(fixture), residuals: residuals)
    }
    #expect(error?.message == "a U-Net with 8 skips got \(count) ControlNet residuals")
  }

  @Test func bfloat16StaysNearFloat32() throws {
    let (network, fixture) = try sd2(dtype: .bfloat16)
    #expect(network.dtype == .bfloat16)
    let residuals = ControlResiduals(down: try fixture.list("in/down"), middle: try fixture.input("middle"))
    let expected = try fixture.output("steered")
    try inEveryMode { () throws in
      let found = try network(
        fixture.input("sample"), timestep_B: fixture.input("timestep"), context: context(fixture), residuals: residuals)
      #expect(found.dtype == .bfloat16)
      let error = try (found.to(.float32) - expected).norm().item() / expected.norm().item()
      // diffusers' own pass in bfloat16 is 0.047 away.
      #expect(error < 0.06, "\(error)")
    }
  }

  @Test func oneContextServesAllSteps() throws {
    let (network, fixture) = try sd2()
    let shared = try context(fixture)
    try withoutGradient { () throws in
      for time in [Float(900), 10] {
        let times = try Tensor([time, time])
        let alone = try network(fixture.input("sample"), timestep_B: times, context: context(fixture))
        let found = try network(fixture.input("sample"), timestep_B: times, context: shared)
        #expect(try floats(found) == floats(alone))
      }
    }
  }

  @Test func rowsDoNotMix() throws {
    let (network, fixture) = try sd2()
    let both = try network(
      fixture.input("sample"), timestep_B: fixture.input("timestep"), context: context(fixture))
    for row in 0..<2 {
      func only(_ name: String) throws -> Tensor { try fixture.input(name).narrowed(0, from: row, length: 1) }
      let alone = try network(
        only("sample"), timestep_B: only("timestep"), context: Context(only("encoder_hidden_states")))
      #expect(try isClose(alone, both.narrowed(0, from: row, length: 1), 3e-5))
    }
  }

  @Test func aZeroOutputAnswersZero() throws {
    let config = try PriorsFixture("unet-sd2").config()
    let network = try UNet2DCondition(
      ParameterLoader(try ParameterInitialiser(seed: 1)).root, config, zeroOutput: true)
    let draws = try Draws()
    let found = try network(
      draws.normal([1, 4, 8, 8]), timestep_B: Tensor([Float(5)]), context: Context(draws.normal([1, 3, 6])))
    #expect(found.shape == [1, 4, 8, 8])
    #expect(try floats(found).allSatisfy { $0 == 0 })
  }

  @Test func aMiddleWithoutAttentionHasOneBlock() throws {
    var config = try PriorsFixture("unet-sd2").config()
    config.midBlockType = "UNetMidBlock2D"
    let recorder = ParameterRecorder()
    _ = try UNet2DCondition(ParameterLoader(recorder).root, config)
    let middle = Set(
      recorder.shapes.keys.filter { $0.hasPrefix("mid_block.") }.map { $0.split(separator: ".")[1...2].joined() })
    #expect(middle == ["resnets0"])
  }
}
