import Checkpoints
import Foundation
import Priors
import Restorers
import TestSupport
import Testing
import Torch
import Training

/// What PyTorch and diffusers answered: `Tests/Fixtures/Training/make-training.py`.
struct TrainingGoldens {
  private let file: SafetensorsFile

  init() throws {
    try useOneThread()
    file = try SafetensorsFile(path: Fixture.path("Training/training.safetensors"))
  }

  func tensor(_ key: String) throws -> Tensor { try file.tensor(key) }

  /// The tensors under a prefix, without it, in memory of their own.
  func part(_ prefix: String) throws -> [String: Tensor] {
    var part: [String: Tensor] = [:]
    for key in file.keys where key.hasPrefix(prefix) {
      part[String(key.dropFirst(prefix.count))] = try file.tensor(key).cloned()
    }
    return part
  }

  func settings<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(#require(file.metadata[name]).utf8))
  }

  /// `key.0`, `key.1`, … up to `count`.
  func list(_ key: String, _ count: Int) throws -> [Tensor] {
    try (0..<count).map { try tensor("\(key).\($0)").cloned() }
  }

  /// The fixture's tiny starter.
  func model() throws -> StarterConfig {
    var model = StarterConfig(network: try settings("starter.sizes", as: UNetConfig.self))
    model.unshuffle = 2
    return model
  }

  /// Noise levels of its times.
  func levels() throws -> [NoiseLevel] {
    try settings("starter.levels", as: [[Double]].self).map { NoiseLevel(timestep: $0[0], signal: $0[1], noise: $0[2]) }
  }

  func batch() throws -> StarterTrainer.Batch {
    StarterTrainer.Batch(high_BCHW: try tensor("starter/high"), low_BCHW: try tensor("starter/low"))
  }
}

/// A starter so small that a step takes milliseconds.
struct TinyRun {
  let folder: TemporaryFolder
  var recipe = StarterRecipe()
  var dtype = DType.float32

  init() throws {
    folder = try TemporaryFolder()
    recipe.model = try TrainingGoldens().model()
    recipe.output = folder.file("run")
    recipe.steps = 6
    recipe.optimiser.rate = 2e-3
    recipe.optimiser.warmup = 2
    recipe.schedule.log = 1
    recipe.schedule.validate = 1000
    recipe.schedule.save = 1000
  }

  var statePath: String { recipe.output + "/state.safetensors" }

  func trainer(resume: Bool = false) throws -> StarterTrainer {
    try StarterTrainer(
      recipe, levels: try TrainingGoldens().levels(), device: .cpu, dtype: dtype, resume: resume)
  }

  /// Trains, on a batch that depends on the step.
  /// - Parameter stopAfter: Steps of this part of the run.
  @discardableResult
  func train(resume: Bool = false, stopAfter: Int = .max, batch: ((Int) throws -> StarterTrainer.Batch)? = nil) throws
    -> StarterTrainer
  {
    let trainer = try trainer(resume: resume)
    let begin = trainer.stepsDone
    try trainer.run(
      surroundings(batch: batch ?? Self.batch, shouldStop: { trainer.stepsDone - begin >= stopAfter }))
    return trainer
  }

  /// Trains on one batch again and again.
  /// - Returns: The log's losses, a mean of ten steps each.
  mutating func lossesOfOneBatch(steps: Int) throws -> [Double] {
    recipe.steps = steps
    recipe.optimiser.rate = 5e-3
    recipe.schedule.log = 10
    let batch = try Self.batch(0)
    try train(batch: { _ in batch })
    let losses = try log().compactMap { $0["loss"] as? Double }
    try #require(losses.count == steps / 10)
    return losses
  }

  func surroundings(
    batch: @escaping (Int) throws -> StarterTrainer.Batch = batch,
    measure: @escaping (StarterNetwork, Int) throws -> [String: Double] = { _, _ in [:] },
    report: @escaping (Int, [String: Double]) -> Void = { _, _ in }, shouldStop: @escaping () -> Bool = { false }
  ) -> StarterTrainer.Surroundings {
    StarterTrainer.Surroundings(
      batch: batch, measure: { try measure($0.network, $1) }, report: report, shouldStop: shouldStop)
  }

  /// Smooth pictures and their small partners, a function of the step.
  static func batch(_ step: Int) throws -> StarterTrainer.Batch {
    let generator = try Generator(seed: UInt64(100 + step))
    let coarse = try Tensor.rand([3, 3, 8, 6], generator: generator)
    let high = try coarse.resized(height: 32, width: 24, .bicubic).clamped(min: 0, max: 1)
    return StarterTrainer.Batch(
      high_BCHW: high, low_BCHW: try high.resized(height: 8, width: 6, .bicubic, antialias: true))
  }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: recipe.output + "/" + name)) }

  /// The log's lines.
  func log() throws -> [[String: Any]] {
    try String(decoding: bytes("log.jsonl"), as: UTF8.self).split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }
}

func isClose(_ actual: Tensor, _ expected: Tensor, absolute: Double = 1e-6, relative: Double = 1e-5) throws -> Bool {
  try Difference(actual, expected, absolute: absolute, relative: relative).isClose
}
