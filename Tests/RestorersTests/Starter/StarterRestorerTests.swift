import Checkpoints
import Priors
import Restorers
import TestModels
import TestSupport
import Testing
import Torch

struct StarterRestorerTests {
  static func canvas(_ width: Int = 96, _ height: Int = 64) throws -> Tensor {
    try smoothPicture(width: width, height: height) * 0.6 + 0.2
  }

  static func run(
    _ model: TinyStarter, _ canvas: Tensor, _ request: RestorationRequest = RestorationRequest(), tile: Int? = nil,
    monitor: RestorationMonitor = .silent
  ) throws -> Tensor {
    try model.restorer().restore(RestorationInput(enlarged_BCHW: canvas), request, tile: tile, monitor: monitor)
  }

  @Test func whatItSaysOfItself() throws {
    let restorer = try TinyStarter().restorer()
    #expect(restorer.scale == 4 && restorer.sideMultiple == 16)
    #expect(restorer.defaultSteps == 4 && restorer.stepLimit == 4)
    #expect(!restorer.readsPrompt)
  }

  /// A new model, whose last convolution is zero, is plain enlargement, whatever the noise, steps and tiles.
  @Test(arguments: [nil, 48] as [Int?]) func aNewModelEnlarges(tile: Int?) throws {
    let canvas = try Self.canvas()
    for steps in 1...4 {
      let result = try Self.run(
        TinyStarter(strength: 0), canvas, RestorationRequest(steps: steps, seed: 9), tile: tile)
      #expect(try Difference(result, canvas, absolute: 1e-5, relative: 0).isClose)
    }
  }

  @Test func theSeedFixesEverything() throws {
    let model = try TinyStarter()
    let canvas = try Self.canvas()
    func floats(_ seed: UInt64) throws -> [Float] {
      try Self.run(model, canvas, RestorationRequest(seed: seed)).floats()
    }
    let first = try floats(7)
    #expect(try floats(7) == first)
    #expect(try floats(8) != first)
  }

  @Test func stepsAreObeyed() throws {
    let model = try TinyStarter()
    let canvas = try Self.canvas()
    var results: [[Float]] = []
    for steps in 1...4 {
      let seen = Record<SamplingProgress>()
      let monitor = RestorationMonitor(report: seen.add, cancellation: .never)
      results.append(try Self.run(model, canvas, RestorationRequest(steps: steps), monitor: monitor).floats())
      #expect(seen.all.map(\.step) == Array(0...steps))
      #expect(seen.all.allSatisfy { $0.stage == .denoise && $0.steps == steps })
    }
    #expect(Set(results).count == 4)
    #expect(try Self.run(model, canvas).floats() == results[3])
    let error = #expect(throws: SchedulerError.self) {
      try Self.run(model, canvas, RestorationRequest(steps: 5))
    }
    #expect(error?.message.contains("distilled for 1 to 4") == true)
  }

  /// Prediction-based self-refinement: from the second step on, with weight 1 - fidelity.
  @Test func fidelityIsTheWeightOfRefinement() throws {
    let canvas = try Self.canvas()
    func result(_ weight: Double, steps: Int, fidelity: Double?) throws -> [Float] {
      let model = try TinyStarter { $0.refinementWeight = weight }
      return try Self.run(model, canvas, RestorationRequest(steps: steps, fidelity: fidelity)).floats()
    }
    let faithful = try result(0.4, steps: 3, fidelity: 1)
    let own = try result(0.4, steps: 3, fidelity: nil)
    let free = try result(0.4, steps: 3, fidelity: 0)
    #expect(Set([faithful, own, free]).count == 3)
    // The model's own weight, said as fidelity.
    #expect(try result(0.9, steps: 3, fidelity: 0.6) == own)
    // Without refinement, by the model or by the user.
    #expect(try result(0, steps: 3, fidelity: nil) == faithful)
    // The first step looks at the low-quality picture in any case.
    #expect(try result(0.4, steps: 1, fidelity: 0) == result(0.4, steps: 1, fidelity: 1))
  }

  @Test func aTileAsLargeAsThePictureIsNone() throws {
    let model = try TinyStarter()
    let canvas = try Self.canvas()
    let whole = try Self.run(model, canvas).floats()
    #expect(try Self.run(model, canvas, tile: 96).floats() == whole)
    #expect(try Self.run(model, canvas, tile: 80).floats() != whole)
  }

  /// Were noise drawn for each tile, tiles would change a picture as much as another seed does.
  @Test func noiseDoesNotDependOnTiles() throws {
    let model = try TinyStarter(strength: 0.2)
    let canvas = try Self.canvas(256, 192)
    let whole = try Self.run(model, canvas, RestorationRequest(steps: 2))
    let tiled = try Self.run(model, canvas, RestorationRequest(steps: 2), tile: 128)
    let other = try Self.run(model, canvas, RestorationRequest(steps: 2, seed: 1))
    func distance(_ a: Tensor, _ b: Tensor) throws -> Double { try (a - b).abs().mean().item() }
    #expect(try distance(whole, other) > 0.01)
    #expect(try distance(whole, tiled) < 0.35 * distance(whole, other))
  }

  @Test func cancellationStopsBetweenTiles() throws {
    let seen = Record<SamplingProgress>()
    let monitor = RestorationMonitor(
      report: seen.add, cancellation: CancellationCheck { seen.all.contains { $0.step == 1 && $0.tile == 2 } })
    let model = try TinyStarter()
    let canvas = try Self.canvas(160, 160)
    #expect(throws: CancellationError.self) { try Self.run(model, canvas, tile: 64, monitor: monitor) }
    #expect(seen.all.last?.step == 1 && seen.all.last?.tile == 2)
    #expect(seen.all.last.map { $0.tiles > 4 } == true)
  }

  @Test func bfloat16IsNear() throws {
    let model = try TinyStarter()
    let canvas = try Self.canvas()
    let long = try Self.run(model, canvas)
    let short = try StarterRestorer(model.network(.bfloat16)).restore(
      RestorationInput(enlarged_BCHW: canvas), RestorationRequest(), tile: nil, monitor: .silent)
    #expect(short.dtype == .float32)
    #expect(try (short - long).abs().mean().item() < 0.01)
    #expect(try short.floats() != long.floats())
  }

  /// Weights beyond float16's range: the pipeline comes to the same picture in float32, and says so.
  @Test func float16OverflowsIntoFloat32() throws {
    let model = try TinyStarter()
    var large = model.parameters
    for (key, tensor) in large where key.hasPrefix("unet.conv_out") { large[key] = try tensor * 1e7 }
    func restorer(_ dtype: DType) throws -> StarterRestorer {
      StarterRestorer(
        try ParameterLoader.load(ParameterDictionary(large), component: "a loud starter", dtype: dtype) {
          try StarterNetwork($0, model.config)
        })
    }
    let picture = TensorPicture(colour_BCHW: try Self.canvas(16, 16))
    func run(_ pipeline: RestorationPipeline) throws -> RestorationResult {
      try pipeline.restore(picture, target: .scale(4), request: RestorationRequest(), monitor: .silent)
    }
    let result = try run(RestorationPipeline(restorer(.float16), device: .cpu) { try restorer(.float32) })
    #expect(result.fellBackToFloat32)
    let wanted = try run(RestorationPipeline(restorer(.float32), device: .cpu)).picture.colour_BCHW
    #expect(try result.picture.colour_BCHW.floats() == wanted.floats())
    let error = restorationError { _ = try run(RestorationPipeline(restorer(.float16), device: .cpu)) }
    #expect(error?.code == .notFinite)
    #expect(error?.message.contains("held NaN or infinity at step 1 of 4 (time 999.0)") == true)
  }

  @Test(arguments: [ColorFix.wavelet, .adain]) func coloursStay(fix: ColorFix) throws {
    let model = try TinyStarter(strength: 0.1)
    let picture = TensorPicture(colour_BCHW: try Self.canvas(40, 36))
    let result = try RestorationPipeline(model.restorer(), device: .cpu).restore(
      picture, target: .scale(4), request: RestorationRequest(colorFix: fix), monitor: .silent
    ).picture
    let found = try result.colour_BCHW.mean([0, 2, 3]).floats()
    let wanted = try picture.colour_BCHW.mean([0, 2, 3]).floats()
    for (a, b) in zip(found, wanted) { #expect(abs(a - b) < 2 / 255) }
  }
}
