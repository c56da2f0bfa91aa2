import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers
@testable import Training

struct AdapterTaskTests {
  enum System: String, CaseIterable {
    case sdxl = "sdxl-adapter"
    case sd3 = "sd3-adapter"

    var kind: TinyBaseFolder.Kind { self == .sdxl ? .sdxl : .sd3 }
  }

  private func recipe(_ system: System, _ base: TinyBaseFolder) -> AdapterRecipe {
    var recipe = AdapterRecipe()
    recipe.model.system = system.rawValue
    recipe.model.base = base.folder.path
    recipe.objective.drop = 0
    recipe.objective.dropCaption = 0
    var adapter = system == .sdxl ? RestorationAdapterConfig.x1 : .m1
    adapter.lowRank.rank = 2
    if system == .sd3 {
      adapter.sites = [.block(0), .block(2)]
      adapter.bottleneckWidth = 12
    }
    recipe.model.adapter = adapter
    return recipe
  }

  @Test(arguments: System.allCases)
  func aRunLearnsWhatIsTrainedAndNothingElse(system: System) throws {
    try useOneThread()
    let base = try TinyBaseFolder(system.kind)
    try base.writeFolders()
    let weights = base.path(system.kind.network + "/diffusion_pytorch_model.safetensors")
    let former = try Data(contentsOf: URL(fileURLWithPath: weights))
    let run = KindRun(
      task: try AdapterTask(recipe(system, base), device: .cpu, dtype: .float32),
      plan: KindRun<AdapterTask>.plan(base.path("run"), steps: 60, rate: 1e-2))
    let batch = try KindRun<AdapterTask>.batch()
    let (before, after) = try run.train(batch)
    let (first, last) = (try run.loss(before, batch), try run.loss(after, batch))
    #expect(last < 0.8 * first, "\(first) fell to \(last)")
    // What the last joint block's text asks for goes nowhere: its queries get no gradient but zero.
    let unmoved = try KindRun<AdapterTask>.unmoved(before, after)
    #expect(unmoved == (system == .sd3 ? ["transformer.transformer_blocks.2.attn.add_q_proj.lora_B.weight"] : []))
    #expect(try Data(contentsOf: URL(fileURLWithPath: weights)) == former)

    let entry = try #require(RestorerRegistry.entry(named: system.rawValue))
    let restorer = try entry.load(base.path("run/model"), .float32, .cpu)
    #expect(restorer.warnings.isEmpty, "\(restorer.warnings)")
    let low = try batch.low_BCHW.narrowed(0, from: 0, length: 1)
    let picture = try restorer.restore(
      RestorationInput(
        enlarged_BCHW: low.resized(height: 64, width: 64, .bicubic).clamped(min: 0, max: 1), low_BCHW: low),
      RestorationRequest(steps: 2, seed: 3), tile: nil, monitor: .silent)
    #expect(try picture.shape == [1, 3, 64, 64] && picture.isFinite().all().item() == 1)
  }

  /// The same gradients, to the bit, from less memory.
  @Test(arguments: System.allCases)
  func recomputingGivesTheSameGradients(system: System) throws {
    try useOneThread()
    let base = try TinyBaseFolder(system.kind)
    try base.writeFolders()
    let task = try AdapterTask(recipe(system, base), device: .cpu, dtype: .float32)
    let parameters = try TrainableParameters(
      task.firstParameters().mapValues { try $0 + Tensor.full($0.shape, 0.01) })
    let batch = try KindRun<AdapterTask>.batch()
    func gradients(_ recomputes: Bool) throws -> [[Float]] {
      let model = try task.model(ParameterDictionary(parameters.named()))
      func losses() throws -> StepLosses { try task.losses(model, batch, random: Generator(seed: 5)) }
      let loss = try (recomputes ? withRecomputation(losses) : losses()).byPhase[0]
      return try parameters.gradients(of: loss).map { try $0.floats() }
    }
    #expect(try gradients(true) == gradients(false))
  }

  @Test func wordsAndTimesCount() throws {
    try useOneThread()
    let base = try TinyBaseFolder(.sd3)
    try base.writeFolders()
    let usual = recipe(.sd3, base)
    let batch = try KindRun<AdapterTask>.batch()
    let first = try AdapterTask(usual, device: .cpu, dtype: .float32).firstParameters()
    func loss(_ change: (inout AdapterRecipe) -> Void = { _ in }) throws -> Double {
      var recipe = usual
      change(&recipe)
      return try KindRun(
        task: AdapterTask(recipe, device: .cpu, dtype: .float32), plan: KindRun<AdapterTask>.plan("", steps: 1, rate: 1)
      ).loss(first, batch)
    }
    let plain = try loss()
    #expect(try loss() == plain)
    #expect(try loss { $0.objective.degradationWords = "compressed" } != plain)
    #expect(try loss { $0.objective.dropCaption = 1 } != plain)
    #expect(try loss { $0.objective.times.mean = 1 } != plain)
  }
}
