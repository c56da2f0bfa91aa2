import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers
@testable import Training

struct FluxIRTaskTests {
  private let folder: TinyFluxFolder

  init() throws {
    try useOneThread()
    folder = try TinyFluxFolder()
  }

  private func recipe(_ change: (inout FluxIRRecipe) -> Void = { _ in }) -> FluxIRRecipe {
    var recipe = FluxIRRecipe()
    recipe.model.base = folder.folder.path
    recipe.model.rank = 4
    recipe.model.textLength = TinyFlux.textLength
    recipe.objective.pixelCrop = 4
    recipe.objective.pixelHalo = 1
    recipe.objective.pixelWeight = 0.5
    change(&recipe)
    return recipe
  }

  private func task(_ recipe: FluxIRRecipe) throws -> FluxIRTask {
    try FluxIRTask(recipe, device: .cpu, dtype: .float32)
  }

  @Test func aRunLearnsWhatIsTrainedAndNothingElse() throws {
    let weights = folder.path("transformer/diffusion_pytorch_model.safetensors")
    let former = try Data(contentsOf: URL(fileURLWithPath: weights))
    var plan = KindRun<FluxIRTask>.plan(folder.path("run"), steps: 60, rate: 1e-2)
    // Without decay what gets no gradient stays as it is.
    plan.optimiser.decay = 0
    let run = KindRun(task: try task(recipe()), plan: plan)
    let batch = try KindRun<FluxIRTask>.batch()
    let first = try run.loss(run.task.firstParameters(), batch)
    let (before, after) = try run.train(batch)
    // The frozen networks answer as before.
    #expect(try run.loss(before, batch) == first)
    let last = try run.loss(after, batch)
    #expect(last < 0.8 * first, "\(first) fell to \(last)")
    // Text does not go on from the last block.
    let blocks = folder.flux.config.blockCount
    let still = ["down", "up"].flatMap { layer in
      ["bias", "weight"].map { "fluxir.se_txt.\(blocks - 1).\(layer).\($0)" }
    }
    #expect(try KindRun<FluxIRTask>.unmoved(before, after) == still)
    #expect(try Data(contentsOf: URL(fileURLWithPath: weights)) == former)

    let restorer = try #require(RestorerRegistry.entry(recognising: folder.path("run/model")))
      .load(folder.path("run/model"), .float32, .cpu)
    #expect(restorer is FluxIRRestorer)
    let low = try batch.low_BCHW.narrowed(0, from: 0, length: 1)
    let picture = try restorer.restore(
      RestorationInput(
        enlarged_BCHW: low.resized(height: 64, width: 64, .bicubic).clamped(min: 0, max: 1), low_BCHW: low),
      RestorationRequest(steps: 2, seed: 3), tile: nil, monitor: .silent)
    #expect(try picture.shape == [1, 3, 64, 64] && picture.isFinite().all().item() == 1)
  }

  /// Layers that add nothing: FLUX.1 alone.
  @Test func aNewAdapterChangesNothing() throws {
    let base = try FluxIRBase(folder.folder.path, recipe().model.config, dtype: .float32, device: .cpu)
    let adapter = try base.adapter(ParameterDictionary(base.newParameters(seed: 1)))
    let draws = try Generator(seed: 4)
    let noisy = try Tensor.randn([1, 16, 8, 8], generator: draws)
    let low = try Tensor.randn([1, 16, 8, 8], generator: draws)
    let prompt = try base.prompt("")
    let steered = try base.velocity(
      noisy, time_B: Tensor([Float(0.4)]), low_BCHW: low, prompt: prompt, adapter: adapter)
    let level = NoiseLevel(timestep: 400, signal: 0.6, noise: 0.4)
    let alone = try FluxPrior(base.transformer, guidance: base.config.trainingGuidance).predict(
      noisy, at: level, prompt, in: Tile(top: 0, left: 0, height: 8, width: 8))
    #expect(try steered.floats() == alone.floats())
  }

  /// The same gradients, to the bit, from less memory.
  @Test func recomputingGivesTheSameGradients() throws {
    let task = try task(recipe())
    let parameters = try TrainableParameters(folder.flux.trained())
    let batch = try KindRun<FluxIRTask>.batch()
    func gradients(_ recomputes: Bool) throws -> [[Float]] {
      let model = try task.model(ParameterDictionary(parameters.named()))
      func losses() throws -> StepLosses { try task.losses(model, batch, random: Generator(seed: 5)) }
      let loss = try (recomputes ? withRecomputation(losses) : losses()).byPhase[0]
      return try parameters.gradients(of: loss, idle: task.mayBeIdle).map { try $0.floats() }
    }
    let kept = try gradients(false)
    #expect(try gradients(true) == kept)
    #expect(kept.contains { $0.contains { $0 != 0 } })
  }

  @Test func wordsTimesGuidanceAndPixelsCount() throws {
    let batch = try KindRun<FluxIRTask>.batch()
    let state = try folder.flux.trained()
    func loss(_ batch: PictureBatch, _ change: (inout FluxIRRecipe) -> Void = { _ in }) throws -> Double {
      try KindRun(task: task(recipe(change)), plan: KindRun<FluxIRTask>.plan("", steps: 1, rate: 1)).loss(state, batch)
    }
    let usual = try loss(batch)
    #expect(try loss(batch) == usual)
    #expect(try loss(batch) { $0.objective.drop = 0 } != usual)
    #expect(try loss(batch) { $0.objective.times.mu = 0.3 } != usual)
    #expect(try loss(batch) { $0.objective.pixelWeight = 0 } < usual)
    #expect(try loss(batch) { $0.objective.pixelCrop = 8 } != usual)
    #expect(try loss(batch) { $0.model.guidance = 3.5 } != usual)
    var other = batch
    other.captions = ["a dog", "a cat"]
    #expect(try loss(other) == usual, "captions are left out")
    other.low_BCHW = try batch.low_BCHW * 0.5
    #expect(try loss(other) != usual)
  }

  @Test func aRunGoesOnFromAModel() throws {
    var plan = KindRun<FluxIRTask>.plan(folder.path("run"), steps: 2, rate: 1e-3)
    plan.optimiser.average = 0
    _ = try KindRun(task: task(recipe()), plan: plan).train(KindRun<FluxIRTask>.batch())
    let averages = try TrainingState(path: folder.path("run/state.safetensors")).part("average/")
    let next = try task(recipe { $0.start = folder.path("run/model/fluxir.safetensors") }).firstParameters()
    for (key, tensor) in next {
      #expect(try tensor.to(.float32).floats() == #require(averages[key]).to(.bfloat16).to(.float32).floats(), "\(key)")
    }
  }
}
