import Checkpoints
import Priors
import Testing
import Torch

/// A tiny ControlNet against diffusers: `Tests/Fixtures/Priors/make-priors.py`.
struct ControlNetTests {
  struct Options: Sendable, CustomTestStringConvertible {
    var name: String
    var scale = 1.0
    var guesses = false
    var testDescription: String { name }
  }

  static let options = [
    Options(name: "plain"), Options(name: "scaled", scale: 0.6), Options(name: "guessed", scale: 1.5, guesses: true),
  ]

  private func load(_ fixture: PriorsFixture, dtype: DType? = nil) throws -> ControlNet {
    try fixture.load(dtype: dtype) { try ControlNet($0, fixture.config()) }
  }

  private func run(_ network: ControlNet, _ fixture: PriorsFixture, _ options: Options) throws -> ControlResiduals {
    try network(
      fixture.input("sample"), timestep_B: fixture.input("timestep"),
      condition: network.embed(fixture.input("controlnet_cond")),
      context: Context(fixture.input("encoder_hidden_states")), scale: options.scale, guessMode: options.guesses)
  }

  @Test(arguments: options)
  func givesTheNumbersOfTheReference(_ options: Options) throws {
    let fixture = try PriorsFixture("controlnet")
    let network = try load(fixture)
    let down = try fixture.list("out/\(options.name).down")
    try #require(down.count == 8)
    try inEveryMode { () throws in
      let found = try run(network, fixture, options)
      #expect(found.down.count == 8)
      for (index, pair) in zip(found.down, down).enumerated() {
        #expect(try isClose(pair.0, pair.1), "residual \(index)")
      }
      #expect(try isClose(found.middle, fixture.output("\(options.name).middle")))
    }
  }

  /// From a tenth to the whole, in equal ratios.
  @Test func guessingWeakensTheFinerResiduals() throws {
    let fixture = try PriorsFixture("controlnet")
    let network = try load(fixture)
    let (plain, guessed) = (
      try run(network, fixture, Self.options[0]), try run(network, fixture, Options(name: "", guesses: true))
    )
    let ratios = try zip(guessed.down + [guessed.middle], plain.down + [plain.middle]).map {
      try $0.norm().item() / $1.norm().item()
    }
    for (index, ratio) in ratios.enumerated() {
      let expected = [0.1, 0.133352, 0.177828, 0.237137, 0.316228, 0.421697, 0.562341, 0.749894, 1][index]
      #expect(abs(ratio - expected) < 1e-5, "residual \(index): \(ratio)")
    }
  }

  @Test func aFreshControlNetLeavesTheUNetAsItIs() throws {
    let fixture = try PriorsFixture("unet-sd2")
    let unet = try fixture.load { try UNet2DCondition($0, fixture.config()) }
    let control = try ControlNet(ParameterLoader(try ParameterInitialiser(seed: 4)).root, fixture.config())
    let (sample, times) = (try fixture.input("sample"), try fixture.input("timestep"))
    let context = Context(try fixture.input("encoder_hidden_states"))
    try withoutGradient { () throws in
      let picture = try Draws().normal([2, 3, 13 * 8, 9 * 8])
      let condition = try control.embed(picture)
      #expect(condition.shape == [2, 4, 13, 9])
      #expect(try floats(condition).allSatisfy { $0 == 0 })
      let residuals = try control(sample, timestep_B: times, condition: condition, context: context)
      let plain = try unet(sample, timestep_B: times, context: context)
      let steered = try unet(sample, timestep_B: times, context: context, residuals: residuals)
      #expect(try floats(steered) == floats(plain))
    }
  }

  /// Both networks have layers of the same names.
  @Test func sharesAContextWithItsUNet() throws {
    let fixture = try PriorsFixture("unet-sd2")
    let unet = try fixture.load { try UNet2DCondition($0, fixture.config()) }
    let control = try ControlNet(ParameterLoader(try RandomSource(seed: 9)).root, fixture.config())
    let (sample, times) = (try fixture.input("sample"), try fixture.input("timestep"))
    let tokens = try fixture.input("encoder_hidden_states")
    let condition = try control.embed(Draws().normal([2, 3, 13 * 8, 9 * 8]))
    func run(_ first: Context, _ second: Context) throws -> [Float] {
      try withoutGradient { () throws in
        let residuals = try control(sample, timestep_B: times, condition: condition, context: first)
        return try floats(unet(sample, timestep_B: times, context: second, residuals: residuals))
      }
    }
    let shared = Context(tokens)
    #expect(try run(shared, shared) == run(Context(tokens), Context(tokens)))
  }

  @Test func bfloat16StaysNearFloat32() throws {
    let fixture = try PriorsFixture("controlnet")
    let network = try load(fixture, dtype: .bfloat16)
    #expect(network.dtype == .bfloat16)
    let expected = try fixture.output("plain.middle")
    try inEveryMode { () throws in
      let found = try run(network, fixture, Self.options[0]).middle
      let error = try (found.to(.float32) - expected).norm().item() / expected.norm().item()
      #expect(error < 0.03, "\(error)")
    }
  }

  @Test func anEncoderWithoutWidthsIsRefused() throws {
    var config = UNetConfig()
    config.conditioningEmbeddingChannels = []
    let error = #expect(throws: CheckpointError.self) {
      try ControlNet(ParameterLoader(ParameterRecorder()).root, config)
    }
    #expect(error?.message == "building a ControlNet: conditioning_embedding_out_channels is empty")
  }
}
