import Checkpoints
import Foundation
import Priors
import Restorers
import TestModels
import TestSupport
import Testing
import Torch

@testable import Training

/// The starter's training in parts: who learns, who stays, and the discriminator.
struct StarterPartsTests {
  private func run(_ learners: StarterKind.Learners, adversarial: Double = 0) throws -> TinyRun {
    var run = try TinyRun()
    run.recipe.model.restorationModule = .init(width: 8, blocks: 4)
    run.recipe.objective.learners = learners
    run.recipe.objective.adversarial = adversarial
    run.recipe.objective.discriminatorWidth = 8
    run.recipe.objective.first = 0.3
    return run
  }

  private func start(of run: TinyRun) throws -> [String: Tensor] {
    let source = try ParameterInitialiser(seed: run.recipe.seed)
    _ = try StarterNetwork(ParameterLoader(source).root, run.recipe.model)
    return source.drawn
  }

  @Test(arguments: [StarterKind.Learners.module, .diffusion, .all])
  func theOthersStayAsTheyAre(learners: StarterKind.Learners) throws {
    let run = try run(learners)
    let trainer = try run.train()
    let first = try start(of: run)
    #expect(trainer.parameterNames == first.keys.filter { learners.takes($0) }.sorted())
    let shipped = try StarterFolder.parameters(of: run.recipe.output + "/model").tensors
    #expect(shipped.keys.sorted() == first.keys.sorted())
    for (key, before) in first where !learners.takes(key) {
      // The folder holds float16.
      #expect(try #require(shipped[key]).floats() == before.to(.float16).to(.float32).floats(), "\(key)")
    }
    // A new network's zeros take a step each before all of it moves; six steps do.
    let moved = try first.filter { key, before in
      try shipped[key].map { try $0.floats() != before.to(.float16).to(.float32).floats() } ?? false
    }
    #expect(Double(moved.count) > 0.9 * Double(trainer.parameterNames.count))
  }

  @Test func theModuleLearnsToRestore() throws {
    var run = try run(.module)
    let losses = try run.lossesOfOneBatch(steps: 80)
    #expect(losses[7] < 0.6 * losses[0], "\(losses)")
  }

  @Test func aModelWithoutAModuleGetsANewOne() throws {
    let old = try TinyRun()
    try old.train(stopAfter: 2)
    var run = try run(.module)
    run.recipe.start = old.recipe.output + "/model"
    try run.train()
    let (before, after) = (
      try StarterFolder.parameters(of: run.recipe.start).tensors,
      try StarterFolder.parameters(of: run.recipe.output + "/model").tensors
    )
    for (key, tensor) in before { #expect(try #require(after[key]).floats() == tensor.floats(), "\(key)") }
    #expect(after.count > before.count)
  }

  @Test(arguments: [0, 0.5]) func theDiscriminatorIsAPhaseOfItsOwn(simulated: Double) throws {
    var run = try run(.diffusion, adversarial: 0.05)
    run.recipe.objective.simulated = simulated
    run.recipe.objective.refined = 1
    run.recipe.objective.timestepWeight = TimestepWeight()
    let trainer = try run.train()
    #expect(trainer.parameterNames.contains { $0.hasPrefix("discriminator.heads.4.") })
    let lines = try run.log()
    for name in ["error", "adversarial", "discriminator"] {
      #expect(lines.allSatisfy { ($0[name] as? Double)?.isFinite == true }, "\(name)")
    }
    for line in lines {
      let (loss, error, adversarial) = (
        line["loss"] as? Double, line["error"] as? Double, line["adversarial"] as? Double
      )
      #expect(try abs(#require(loss) - #require(error) - 0.05 * #require(adversarial)) < 1e-6)
    }
    let shipped = try StarterFolder.parameters(of: run.recipe.output + "/model").tensors
    #expect(shipped.keys.allSatisfy { !$0.hasPrefix("discriminator.") })
    #expect(try TrainingState(path: run.statePath).tensors.keys.contains { $0.hasPrefix("weights/discriminator.") })
  }

  @Test func aJudgedRunThatIsResumedIsTheSame() throws {
    func trained(stopping: Bool) throws -> Data {
      var run = try run(.diffusion, adversarial: 0.05)
      (run.recipe.objective.simulated, run.recipe.objective.refined) = (0.5, 1)
      if stopping { try run.train(stopAfter: 3) }
      try run.train(resume: stopping)
      return try run.bytes("state.safetensors")
    }
    #expect(try trained(stopping: true) == trained(stopping: false))
  }

  /// With every later row begun from the first pass, the answer is nowhere to be seen.
  @Test func simulatedRowsNeverSeeTheAnswer() throws {
    var run = try run(.all)
    (run.recipe.objective.first, run.recipe.objective.refined, run.recipe.objective.simulated) = (0, 1, 1)
    let model = try TinyStarter(seed: 3) { $0 = run.recipe.model }
    let objective = StarterObjective(
      run.recipe.model, settings: run.recipe.objective, levels: try TrainingGoldens().levels())
    let batch = try TinyRun.batch(0)
    func predicted(_ high: Tensor) throws -> [Float] {
      try objective.answer(model.network(), high_BCHW: high, low_BCHW: batch.low_BCHW, random: Generator(seed: 2))
        .latent_BCHW.floats()
    }
    #expect(try predicted(batch.high_BCHW) == predicted(batch.high_BCHW * 0.5))
    run.recipe.objective.simulated = 0
    let plain = StarterObjective(
      run.recipe.model, settings: run.recipe.objective, levels: try TrainingGoldens().levels())
    func seeing(_ high: Tensor) throws -> [Float] {
      try plain.answer(model.network(), high_BCHW: high, low_BCHW: batch.low_BCHW, random: Generator(seed: 2))
        .latent_BCHW.floats()
    }
    #expect(try seeing(batch.high_BCHW) != seeing(batch.high_BCHW * 0.5))
  }

  /// `mean over rows of d(k) · |error|`, with AddSR's 0.5 · 2.1^k.
  @Test func timesCountByTheirWeight() throws {
    var run = try run(.all)
    run.recipe.objective.refined = 0
    let model = try TinyStarter(seed: 3) { $0 = run.recipe.model }
    let batch = try TinyRun.batch(0)
    let levels = try TrainingGoldens().levels()
    func error(first: Double) throws -> Double {
      run.recipe.objective.first = first
      return try StarterObjective(run.recipe.model, settings: run.recipe.objective, levels: Array(levels.prefix(2)))
        .answer(
          model.network(), high_BCHW: batch.high_BCHW, low_BCHW: batch.low_BCHW, random: Generator(seed: 2)
        ).error.item()
    }
    let plain = try [1, 0].map(error(first:))
    run.recipe.objective.timestepWeight = TimestepWeight()
    let weighted = try [1, 0].map(error(first:))
    // Of two times, all rows stand at the first or all at the second.
    #expect(abs(weighted[0] - 0.5 * plain[0]) < 1e-6 && abs(weighted[1] - 1.05 * plain[1]) < 1e-6)
  }
}
