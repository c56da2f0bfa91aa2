import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers
@testable import Training

struct DAPETaskTests {
  private let folder: TinySteeredFolder

  init() throws {
    try useOneThread()
    folder = try TinySteeredFolder(system: "seesr")
    try folder.shrinkTagger()
  }

  private func recipe(_ change: (inout DAPERecipe) -> Void = { _ in }) -> DAPERecipe {
    var recipe = DAPERecipe()
    recipe.model.base = folder.folder.path
    change(&recipe)
    return recipe
  }

  private func task(_ recipe: DAPERecipe) throws -> DAPETask {
    try DAPETask(recipe, device: .cpu, dtype: .float32)
  }

  private func plan(steps: Int) -> RunPlan {
    var plan = KindRun<DAPETask>.plan(folder.path("run"), steps: steps, rate: 2e-2)
    plan.optimiser.decay = 0
    return plan
  }

  /// Pictures with noise in their partners, which a tagger notices.
  private func batch() throws -> PictureBatch {
    var batch = try KindRun<DAPETask>.batch()
    batch.low_BCHW = try (batch.low_BCHW + Tensor.randn(batch.low_BCHW.shape, generator: Generator(seed: 6)) * 0.2)
      .clamped(min: 0, max: 1)
    return batch
  }

  private func parts(
    _ task: DAPETask, _ parameters: [String: Tensor], _ batch: PictureBatch
  ) throws -> [String: Double] {
    try withoutGradient {
      try task.losses(task.model(ParameterDictionary(parameters)), batch, random: Generator(seed: 1)).parts
        .mapValues { try $0.item() }
    }
  }

  @Test func aRunLearnsTheLoRAAndNothingElse() throws {
    let task = try task(recipe())
    let ram = URL(fileURLWithPath: folder.path("ram_swin_large_14m.safetensors"))
    let former = try Data(contentsOf: ram)
    let published = try SafetensorsFile(path: folder.path("DAPE.safetensors"))
    let batch = try batch()
    let (before, after) = try KindRun(task: task, plan: plan(steps: 60)).train(batch)
    #expect(Set(before.keys) == published.keys)
    for (key, tensor) in before { #expect(tensor.shape == published.shape(of: key), "\(key)") }
    #expect(try KindRun<DAPETask>.unmoved(before, after) == [])
    #expect(try Data(contentsOf: ram) == former)
    let (first, last) = (try parts(task, before, batch), try parts(task, after, batch))
    let (a, b) = (try #require(first["representation"]), try #require(last["representation"]))
    // From 0.041 to 0.003.
    #expect(b < 0.2 * a, "\(a) fell to \(b)")
    #expect(try #require(last["logits"]) <= #require(first["logits"]) + 1e-6, "\(first) \(last)")
    try restores(batch)

    // What was trained beside the weights is what the restorer merges into them.
    let written = try SafetensorsFile(path: folder.path("run/model/DAPE.safetensors"))
    let averages = try TrainingState(path: folder.path("run/state.safetensors")).part("average/")
    for (key, tensor) in averages { #expect(try written.tensor(key).floats() == tensor.floats(), "\(key)") }
    let prior = try StableDiffusionPrior(folder.path("run/model"), model: "test", dtype: .float32, device: .cpu)
    try withoutGradient {
      let merged = try prior.tagger().tokens(of: batch.low_BCHW)
      let beside = try task.model(ParameterDictionary(averages)).encoder.tokens(
        of: batch.low_BCHW, resampling: .bilinear)
      #expect(try isClose(merged, beside, absolute: 1e-5, relative: 1e-4))
      let untrained = try task.model(ParameterDictionary(before)).encoder.tokens(
        of: batch.low_BCHW, resampling: .bilinear)
      #expect(try !isClose(merged, untrained, absolute: 1e-3, relative: 1e-2))
    }
  }

  private func restores(_ batch: PictureBatch) throws {
    let entry = try #require(RestorerRegistry.entry(recognising: folder.path("run/model")))
    #expect(entry.name == "seesr")
    let restorer = try entry.load(folder.path("run/model"), .float32, .cpu)
    let low = try batch.low_BCHW.narrowed(0, from: 0, length: 1)
    let input = RestorationInput(
      enlarged_BCHW: try low.resized(height: 64, width: 64, .bicubic).clamped(min: 0, max: 1), low_BCHW: low)
    func picture(_ restorer: any Restorer) throws -> [Float] {
      try restorer.restore(input, RestorationRequest(steps: 2, seed: 3), tile: nil, monitor: .silent).floats()
    }
    let other = try entry.load(folder.folder.path, .float32, .cpu)
    let (found, former) = (try picture(restorer), try picture(other))
    #expect(found.count == 3 * 64 * 64 && found.allSatisfy(\.isFinite) && found != former)
  }

  /// New LoRA change nothing: the first answers are RAM's own.
  @Test func aNewLoRAIsRAM() throws {
    let task = try task(recipe())
    let batch = try batch()
    let plain = try TaggerPrior(
      folder.folder.path, model: "test", rank: nil, alpha: nil, dtype: .float32, device: .cpu
    ).teacher
    let student = try task.model(ParameterDictionary(try task.firstParameters()))
    try withoutGradient {
      let (a, b) = (
        try student.encoder.tokens(of: batch.low_BCHW, resampling: .bilinear),
        try plain.encoder.tokens(of: batch.low_BCHW, resampling: .bilinear)
      )
      #expect(try isClose(a, b) && isClose(student.decoder.logits(a), plain.decoder.logits(b)))
    }
  }

  @Test func partsAreWeighed() throws {
    let batch = try batch()
    let state = try SafetensorsFile(path: folder.path("DAPE.safetensors"))
    var tensors: [String: Tensor] = [:]
    for key in state.keys { tensors[key] = try state.tensor(key) }
    func loss(_ change: (inout DAPERecipe) -> Void) throws -> Double {
      let task = try task(recipe(change))
      return try withoutGradient {
        try task.losses(task.model(ParameterDictionary(tensors)), batch, random: Generator(seed: 1)).byPhase[0].item()
      }
    }
    let found = try parts(task(recipe()), tensors, batch)
    let (representation, logits) = (try #require(found["representation"]), try #require(found["logits"]))
    #expect(representation > 0 && logits > 0)
    #expect(try abs(loss { _ in } - representation - logits) < 1e-5)
    #expect(try abs(loss { $0.objective.representation = 0 } - logits) < 1e-6)
    #expect(try abs(loss { $0.objective.logits = 3 } - representation - 3 * logits) < 1e-5)
  }

  /// Another rank is told to who loads the file; a published file is a beginning.
  @Test func ranksAndBeginnings() throws {
    let task = try task(recipe { ($0.model.rank, $0.model.alpha) = (3, 6) })
    let first = try task.firstParameters()
    let key = "visual_encoder.layers.1.blocks.1.attn.qkv.lora_A"
    #expect(try #require(first[key]).size(0) == 6)
    try task.write(first, to: folder.path("three"))
    let loaded = try TaggerPrior(
      folder.path("three"), model: "test", rank: nil, alpha: nil, dtype: .float32, device: .cpu)
    #expect(loaded.config.lora.rank == 3 && loaded.config.lora.alpha == 6)
    _ = try StableDiffusionPrior(folder.path("three"), model: "test", dtype: .float32, device: .cpu).tagger()

    let published = try SafetensorsFile(path: folder.path("DAPE.safetensors"))
    let begun = try self.task(recipe { $0.start = folder.path("DAPE.safetensors") }).firstParameters()
    #expect(Set(begun.keys) == published.keys)
    for (key, tensor) in begun { #expect(try tensor.floats() == published.tensor(key).floats(), "\(key)") }
    let error = #expect(throws: CheckpointError.self) {
      try self.task(recipe { ($0.model.rank, $0.start) = (3, folder.path("DAPE.safetensors")) }).firstParameters()
    }
    #expect(error?.message.contains("DAPE's LoRA") == true && error?.message.contains("of another shape") == true)
  }
}
