import Checkpoints
import Foundation
import Testing
import Torch

@testable import Training

/// What every kind of training is held to, on networks so small that a step takes milliseconds.
struct KindRun<Task: TrainingTask> where Task.Batch == PictureBatch {
  let task: Task
  let plan: RunPlan

  /// The loss of the batch with noise and times that are always the same, averaged over several draws.
  func loss(_ parameters: [String: Tensor], _ batch: PictureBatch) throws -> Double {
    try withoutGradient { () throws in
      let model = try task.model(ParameterDictionary(parameters))
      let losses = try (0..<6 as Range<UInt64>).map { seed in
        try task.losses(model, batch, random: Generator(seed: 900 + seed)).byPhase[0].item()
      }
      return losses.reduce(0, +) / 6
    }
  }

  /// Trains on one batch.
  /// - Returns: The first parameters and the last ones.
  func train(_ batch: PictureBatch) throws -> (before: [String: Tensor], after: [String: Tensor]) {
    let before = try task.firstParameters()
    let engine = try TrainingEngine(task, plan, resume: false)
    #expect(engine.parameterNames == before.keys.sorted())
    try engine.run(
      TrainingSurroundings(
        batch: { _ in batch }, measure: { _, _ in [:] }, report: { _, _ in }, shouldStop: { false }))
    let state = try TrainingState(path: plan.output + "/state.safetensors")
    return (before, state.part("weights/"))
  }

  /// Names of parameters that are as they were.
  static func unmoved(_ before: [String: Tensor], _ after: [String: Tensor]) throws -> [String] {
    try before.keys.sorted().filter { key in
      guard let a = before[key], let b = after[key] else { return true }
      return try a.to(.float32).floats() == b.floats()
    }
  }

  /// Smooth pictures of 64×64, their partners of 16×16, and words.
  static func batch(captions: [String] = ["a house", ""]) throws -> PictureBatch {
    let coarse = try Tensor.rand([2, 3, 4, 4], generator: Generator(seed: 21))
    let high = try coarse.resized(height: 64, width: 64, .bicubic).clamped(min: 0, max: 1)
    return PictureBatch(
      high_BCHW: high,
      low_BCHW: try high.resized(height: 16, width: 16, .bicubic, antialias: true).clamped(min: 0, max: 1),
      captions: captions)
  }

  static func plan(_ output: String, steps: Int, rate: Double) -> RunPlan {
    var plan = RunPlan(output: output, steps: steps)
    plan.optimiser.rate = rate
    plan.optimiser.warmup = 2
    plan.optimiser.average = 0.5
    plan.schedule.save = 10_000
    return plan
  }
}
