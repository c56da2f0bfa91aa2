import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers
@testable import Training

struct SeeSRTaskTests {
  private let folder: TinySteeredFolder

  init() throws {
    try useOneThread()
    folder = try TinySteeredFolder(system: "seesr")
    try folder.addBase(of: "seesr")
  }

  private func recipe() -> SeeSRRecipe {
    var recipe = SeeSRRecipe()
    recipe.model.base = folder.folder.path
    recipe.model.controlChannels = [4, 8, 8, 12]
    recipe.objective.drop = 0
    return recipe
  }

  private func task(_ recipe: SeeSRRecipe) throws -> SeeSRTask {
    try SeeSRTask(recipe, device: .cpu, dtype: .float32)
  }

  @Test func aRunLearnsWhatIsTrainedAndNothingElse() throws {
    let run = KindRun(
      task: try task(recipe()), plan: KindRun<SeeSRTask>.plan(folder.path("run"), steps: 60, rate: 5e-3))
    let batch = try KindRun<SeeSRTask>.batch()
    let (before, after) = try run.train(batch)
    #expect(before.keys.allSatisfy { $0.hasPrefix("controlnet.") || $0.contains("image_attentions.") })
    #expect(try KindRun<SeeSRTask>.unmoved(before, after) == [])
    let (first, last) = (try run.loss(before, batch), try run.loss(after, batch))
    #expect(last < 0.8 * first, "\(first) fell to \(last)")

    // What is frozen is written as it was, and the folder is one that restores.
    let base = try SafetensorsFile(
      path: folder.path("stable-diffusion-2-base/unet/diffusion_pytorch_model.safetensors"))
    let written = try SafetensorsFile(path: folder.path("run/model/unet/diffusion_pytorch_model.safetensors"))
    for key in base.keys {
      #expect(try written.tensor(key).floats() == base.tensor(key).to(.float16).floats(), "\(key)")
    }
    #expect(written.keys.subtracting(base.keys).allSatisfy { $0.contains("image_attentions.") })
    let restorer = try SeeSRRestorer(folder: folder.path("run/model"), dtype: .float32, device: .cpu)
    let low = try batch.low_BCHW.narrowed(0, from: 0, length: 1)
    let picture = try restorer.restore(
      RestorationInput(
        enlarged_BCHW: low.resized(height: 64, width: 64, .bicubic).clamped(min: 0, max: 1), low_BCHW: low),
      RestorationRequest(steps: 2, seed: 3), tile: nil, monitor: .silent)
    #expect(try picture.shape == [1, 3, 64, 64] && picture.isFinite().all().item() == 1)
  }

  /// The prior is at first unchanged: zero outputs of the ControlNet and of the image transformers.
  @Test func aNewModelIsThePrior() throws {
    let task = try task(recipe())
    let model = try task.model(ParameterDictionary(try task.firstParameters()))
    let config = try JSONDecoder().decode(
      UNetConfig.self,
      from: Data(contentsOf: URL(fileURLWithPath: folder.path("stable-diffusion-2-base/unet/config.json"))))
    var plain = config
    plain.imageCrossAttentionWidth = nil
    let base = try ParameterLoader.load(
      SafetensorsFile(path: folder.path("stable-diffusion-2-base/unet/diffusion_pytorch_model.safetensors")),
      component: "the base"
    ) { try UNet2DCondition($0, plain) }
    let draws = try Generator(seed: 4)
    let (noisy, text, image) = (
      try Tensor.randn([1, 4, 8, 8], generator: draws),
      try Tensor.randn([1, 5, config.crossAttentionWidth], generator: draws),
      try Tensor.randn([1, 7, config.imageCrossAttentionWidth ?? 20], generator: draws)
    )
    let conditioning = UNetConditioning(text: Context(text), image: Context(image))
    let time = try Tensor([Float(300)])
    let residuals = try model.controlNet(
      noisy, timestep_B: time, condition: model.controlNet.embed(.full([1, 3, 64, 64], 0.3)), conditioning: conditioning
    )
    let found = try model.unet(noisy, timestep_B: time, conditioning: conditioning, residuals: residuals)
    #expect(try isClose(found, base(noisy, timestep_B: time, conditioning: conditioning), absolute: 1e-6))
  }

  @Test func promptsTagsAndThePictureCount() throws {
    let batch = try KindRun<SeeSRTask>.batch()
    let task = try task(recipe())
    let state = try task.firstParameters().mapValues { try $0 + Tensor.full($0.shape, 0.02) }
    func loss(_ batch: PictureBatch, _ change: (inout SeeSRRecipe) -> Void = { _ in }) throws -> Double {
      var recipe = recipe()
      change(&recipe)
      return try KindRun(task: self.task(recipe), plan: KindRun<SeeSRTask>.plan("", steps: 1, rate: 1))
        .loss(state, batch)
    }
    let usual = try loss(batch)
    #expect(try loss(batch) == usual)
    #expect(try loss(batch) { $0.objective.drop = 1 } != usual)
    #expect(try loss(batch) { $0.objective.tags = false } != usual)
    var other = batch
    other.captions[0] = "a dog"
    #expect(try loss(other) != usual)
    other = batch
    other.low_BCHW = try batch.low_BCHW * 0.5
    #expect(try loss(other) != usual)
  }

  @Test func aRunGoesOnFromAModel() throws {
    let plan = KindRun<SeeSRTask>.plan(folder.path("run"), steps: 2, rate: 1e-3)
    _ = try KindRun(task: task(recipe()), plan: plan).train(KindRun<SeeSRTask>.batch())
    var next = recipe()
    next.start = folder.path("run/model")
    let averages = try TrainingState(path: folder.path("run/state.safetensors")).part("average/")
    for (key, tensor) in try task(next).firstParameters() {
      #expect(try tensor.floats() == #require(averages[key]).to(.float16).floats(), "\(key)")
    }
  }
}
