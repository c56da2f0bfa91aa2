import Checkpoints
import Foundation
import Priors
import Restorers
import TestSupport
import Testing
import Torch
import Training

struct StarterTrainerTests {
  private struct Golden: Decodable {
    var seed: UInt64
    var steps: Int
    var rate: Double
    var warmup: Int
    var weight_decay: Double
    var clip: Double
    var average: Double
    var first: Double
    var refined: Double
    var losses: [Double]
  }

  /// Three whole steps from given weights: losses, weights and averages. The beginning is a state of the first version,
  /// which holds the recipe's kind alone.
  @Test func threeStepsAreThoseOfTheReference() throws {
    let goldens = try TrainingGoldens()
    let golden = try goldens.settings("starter.run", as: Golden.self)
    var run = try TinyRun()
    run.recipe.seed = golden.seed
    run.recipe.steps = golden.steps
    run.recipe.optimiser.rate = golden.rate
    run.recipe.optimiser.warmup = golden.warmup
    run.recipe.optimiser.decay = golden.weight_decay
    run.recipe.optimiser.clip = golden.clip
    run.recipe.optimiser.average = golden.average
    run.recipe.objective.first = golden.first
    run.recipe.objective.refined = golden.refined
    try FileManager.default.createDirectory(atPath: run.recipe.output, withIntermediateDirectories: true)
    try firstState(of: goldens.part("starter/weights/")).write(to: run.statePath)

    var losses: [Double] = []
    let trainer = try run.trainer(resume: true)
    try trainer.run(
      run.surroundings(batch: { _ in try goldens.batch() }, report: { losses += [$1["loss"]].compactMap { $0 } }))
    for (loss, wanted) in zip(losses, golden.losses) { #expect(abs(loss - wanted) < 2e-6, "\(losses)") }
    #expect(losses.count == 3)
    let state = try TrainingState(path: run.statePath)
    for part in ["weights", "average"] {
      let found = state.part(part + "/")
      for (key, wanted) in try goldens.part("starter/run/\(part)/") {
        // Adam turns a gradient of rounding errors into a whole step of the rate; nothing else may differ that much.
        #expect(try isClose(#require(found[key]), wanted, absolute: 2e-5, relative: 1e-4), "\(part) \(key)")
      }
    }
  }

  private func firstState(of weights: [String: Tensor]) throws -> TrainingState {
    var tensors: [String: Tensor] = [:]
    for (key, weight) in weights {
      tensors["weights/" + key] = weight
      tensors["average/" + key] = weight
      tensors["optimiser/mean/" + key] = try weight.zerosLike()
      tensors["optimiser/square/" + key] = try weight.zerosLike()
      tensors["optimiser/step/" + key] = try .zeros([])
    }
    return TrainingState(step: 0, tensors: tensors, recipe: "starter")
  }

  @Test func theLossOfOneBatchFalls() throws {
    var run = try TinyRun()
    let losses = try run.lossesOfOneBatch(steps: 60)
    #expect(losses[5] < 0.75 * losses[0], "\(losses)")
  }

  @Test func bfloat16TrainsFloat32Parameters() throws {
    var run = try TinyRun()
    run.dtype = .bfloat16
    run.recipe.steps = 2
    let trainer = try run.train()
    #expect(try trainer.averagedNetwork().dtype == .bfloat16)
    let state = try TrainingState(path: run.statePath)
    #expect(state.tensors.values.allSatisfy { $0.dtype == .float32 })
  }

  @Test func logHasEveryStepOnce() throws {
    var run = try TinyRun()
    run.recipe.schedule.log = 2
    run.recipe.schedule.validate = 3
    var told: [Int] = []
    try run.trainer().run(
      run.surroundings(
        measure: { _, step in ["score": Double(step) / 2, "bad": .nan] }, report: { step, _ in told.append(step) }))
    let lines = try run.log()
    #expect(lines.compactMap { $0["step"] as? Int } == [2, 3, 4, 6, 6] && told == [2, 3, 4, 6, 6])
    #expect(Set(lines[0].keys) == ["step", "loss", "rate", "seconds_per_step", "waited"])
    #expect(lines[1]["score"] as? Double == 1.5 && lines[1]["bad"] is NSNull)
    // Warm-up over two steps, then half a cosine over four: rates of steps 1, 3 and 5, counted from 0.
    let rates = lines.compactMap { $0["rate"] as? Double }
    let expected = [0, 0.25, 0.75].map { (part: Double) -> Double in 2e-3 * (0.01 + 0.99 * 0.5 * (1 + cos(.pi * part)))
    }
    #expect(zip(rates, expected).allSatisfy { abs($0 - $1) < 1e-12 } && rates.count == 3, "\(rates)")
  }

  @Test func theModelFolderHoldsTheAverage() throws {
    let run = try TinyRun()
    var measured: StarterNetwork?
    try run.trainer().run(
      run.surroundings(measure: { network, _ in
        measured = network
        return [:]
      }))
    let shipped = try StarterFolder.load(run.recipe.output + "/model", dtype: .float32, device: .cpu)
    #expect(shipped.config.network == run.recipe.model.network && shipped.config.unshuffle == 2)
    let batch = try TinyRun.batch(9)
    let level = try TrainingGoldens().levels()[0]
    let base = try PixelCodec(factor: 2).encode(
      batch.low_BCHW.resized(height: 32, width: 24, .bicubic, antialias: true))
    func predict(_ network: StarterNetwork) throws -> Tensor {
      try withoutGradient { () throws in
        try network.predictClean(
          base, levels: Array(repeating: level, count: 3), condition: network.embed(batch.high_BCHW), base_BCHW: base)
      }
    }
    // The folder holds float16.
    let (found, expected) = (try predict(shipped), try predict(#require(measured)))
    #expect(try isClose(found, expected, absolute: 2e-3, relative: 2e-3))
    #expect(try !isClose(expected, base, absolute: 1e-3, relative: 1e-3))
  }

  @Test func aLossThatIsNoNumberStopsTheRun() throws {
    let run = try TinyRun()
    let error = #expect(throws: TrainingError.self) {
      try run.train(batch: { step in
        let batch = try TinyRun.batch(step)
        guard step == 2 else { return batch }
        return StarterTrainer.Batch(high_BCHW: try batch.high_BCHW * Double.nan, low_BCHW: batch.low_BCHW)
      })
    }
    #expect(error?.code == .divergence)
    #expect(
      error?.message
        == "training step 2: the loss is nan and its gradient nan long; lower optimiser.rate and go on with --resume")
    #expect(!FileManager.default.fileExists(atPath: run.statePath))
  }

  @Test func aFolderThatCannotBeMadeIsNamed() throws {
    var run = try TinyRun()
    try run.folder.write("no folder".utf8, to: "file")
    run.recipe.output = run.folder.file("file") + "/run"
    let error = #expect(throws: TrainingError.self) { try run.train() }
    #expect(error?.code == .state)
    #expect(error?.message.hasPrefix("making the run's folder '\(run.recipe.output)': ") == true)
  }
}
