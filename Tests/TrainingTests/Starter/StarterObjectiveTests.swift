import Checkpoints
import Priors
import Restorers
import Testing
import Torch

@testable import Training

struct StarterObjectiveTests {
  struct Case: Decodable, Sendable {
    var name: String
    var seed: UInt64
    var first: Double
    var refined: Double
    var loss: Double
  }

  private let goldens: TrainingGoldens
  private let weights: [String: Tensor]

  init() throws {
    goldens = try TrainingGoldens()
    weights = try goldens.part("starter/weights/")
  }

  private func objective(first: Double, refined: Double) throws -> StarterObjective {
    var settings = StarterRecipe.Objective()
    settings.first = first
    settings.refined = refined
    return StarterObjective(try goldens.model(), settings: settings, levels: try goldens.levels())
  }

  private func network(_ parameters: [String: Tensor]) throws -> StarterNetwork {
    try ParameterLoader.load(ParameterDictionary(parameters), component: "a tiny starter") {
      try StarterNetwork($0, goldens.model())
    }
  }

  /// The loss and the gradient of every parameter, where rows stand at several times, with and without refinement, all at
  /// the first time, none there.
  @Test(arguments: ["plain", "refined", "first", "later"])
  func lossAndGradientsAreThoseOfTheReference(name: String) throws {
    let golden = try #require(try goldens.settings("starter.cases", as: [Case].self).first { $0.name == name })
    let parameters = try TrainableParameters(weights)
    let batch = try goldens.batch()
    let loss = try objective(first: golden.first, refined: golden.refined).answer(
      network(parameters.named()), high_BCHW: batch.high_BCHW, low_BCHW: batch.low_BCHW,
      random: Generator(seed: golden.seed)
    ).error
    #expect(try abs(loss.item() - golden.loss) < 1e-6)
    let expected = try goldens.part("starter/\(name)/")
    #expect(parameters.names == expected.keys.sorted() && parameters.names.count == 146)
    for (key, gradient) in zip(parameters.names, try parameters.gradients(of: loss)) {
      let wanted = try #require(expected[key])
      #expect(try isClose(gradient, wanted, absolute: 2e-7, relative: 2e-4), "\(key)")
    }
  }

  @Test func aNewNetworkIsPlainEnlargement() throws {
    let source = try ParameterInitialiser(seed: 5)
    _ = try StarterNetwork(ParameterLoader(source).root, goldens.model())
    let batch = try goldens.batch()
    let codec = PixelCodec(factor: 2)
    let enlarged = try batch.low_BCHW.resized(height: 32, width: 24, .bicubic, antialias: true)
    let plain = try codec.encode(enlarged).meanAbsoluteError(codec.encode(batch.high_BCHW)).item()
    for refined in [0.0, 1] {
      let loss = try objective(first: 0.5, refined: refined).answer(
        network(source.drawn), high_BCHW: batch.high_BCHW, low_BCHW: batch.low_BCHW, random: Generator(seed: 1)
      ).error
      #expect(try loss.item() == plain)
    }
  }

  /// What the loss says of the high-quality picture: where it is the target only, each of the N pixels has ±2/N (the codec
  /// doubles), and more where the network saw it too.
  private func pull(first: Double) throws -> [Double] {
    let batch = try goldens.batch()
    let high = try batch.high_BCHW.cloned().requiresGradient(true)
    let loss = try objective(first: first, refined: 0).answer(
      network(weights), high_BCHW: high, low_BCHW: batch.low_BCHW, random: Generator(seed: 2)
    ).error
    let gradient = try #require(try gradients(of: [loss], withRespectTo: [high])[0])
    return try (gradient.abs() * (Double(high.count) / 2)).doubles()
  }

  @Test func rowsAtTheFirstTimeNeverSeeTheAnswer() throws {
    #expect(try pull(first: 1).allSatisfy { abs($0 - 1) < 1e-4 })
  }

  @Test func laterRowsStartFromTheHighQualityPicture() throws {
    let pulls = try pull(first: 0)
    #expect(pulls.count { abs($0 - 1) > 0.01 } > pulls.count / 2)
  }

  @Test func timesAreSharedAsTheRecipeSays() throws {
    for (first, expected) in [(0.6, [6000, 1333, 1333, 1334]), (0, [0, 3333, 3333, 3334]), (1, [10000, 0, 0, 0])] {
      let objective = try objective(first: first, refined: 0)
      var counts = [0, 0, 0, 0]
      for draw in 0..<10000 { counts[objective.place(of: (Double(draw) + 0.5) / 10000)] += 1 }
      for (count, wanted) in zip(counts, expected) { #expect(abs(count - wanted) <= 1, "\(counts) for \(first)") }
    }
  }

  @Test func aModelOfOneTimeIsAlwaysThere() throws {
    let objective = StarterObjective(
      try goldens.model(), settings: StarterRecipe.Objective(), levels: [try goldens.levels()[0]])
    #expect([0, 0.5, 0.7, 0.999].map { objective.place(of: $0) } == [0, 0, 0, 0])
  }

  @Test func refinementTakesItsShareOfSteps() throws {
    let batch = try TinyRun.batch(0)
    let network = try network(weights)
    let (plain, refining) = (try objective(first: 0.5, refined: 0), try objective(first: 0.5, refined: 0.3))
    var (changed, able) = (0, 0)
    try withoutGradient { () throws in
      for seed in 0..<150 as Range<UInt64> {
        func loss(_ objective: StarterObjective) throws -> Double {
          try objective.answer(
            network, high_BCHW: batch.high_BCHW, low_BCHW: batch.low_BCHW, random: Generator(seed: seed)
          ).error.item()
        }
        // The draws after the noise: one a row, then whether to refine, then how much.
        let random = try Generator(seed: seed)
        _ = try Tensor.randn([3, 12, 16, 12], generator: random)
        let draws = try Tensor.rand([5], generator: random).doubles()
        let isRefined = draws[3] < 0.3 && draws[0..<3].contains { $0 >= 0.5 }
        if draws[0..<3].contains(where: { $0 >= 0.5 }) { able += 1 }
        let differs = try loss(plain) != loss(refining)
        #expect(differs == isRefined, "seed \(seed)")
        if differs { changed += 1 }
      }
    }
    let share = Double(changed) / Double(able)
    // Four standard deviations of 130 draws.
    #expect(abs(share - 0.3) < 0.16, "\(changed) of \(able)")
  }

  @Test func theSameSeedGivesTheSameLoss() throws {
    let batch = try goldens.batch()
    func loss(_ seed: UInt64) throws -> Double {
      try objective(first: 0.5, refined: 0.5).answer(
        network(weights), high_BCHW: batch.high_BCHW, low_BCHW: batch.low_BCHW, random: Generator(seed: seed)
      ).error.item()
    }
    #expect(try loss(11) == loss(11))
    #expect(try loss(11) != loss(12))
  }
}
