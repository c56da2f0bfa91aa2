import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers
@testable import Training

struct StableSRTaskTests {
  private let folder: TinySteeredFolder

  init() throws {
    try useOneThread()
    folder = try TinySteeredFolder(system: "seesr")
    try folder.addBase(of: "seesr")
  }

  private func recipe(_ change: (inout StableSRRecipe) -> Void = { _ in }) throws -> StableSRRecipe {
    var recipe = StableSRRecipe()
    recipe.data.crop = 64
    recipe.model.base = folder.folder.path
    recipe.model.encoder = try JSONDecoder().decode(
      TimeAwareEncoderConfig.self,
      from: Data(
        #"{"model_channels": 8, "channel_mult": [1, 2], "num_res_blocks": 1, "attention_resolutions": [1], "num_heads": 2, "norm_num_groups": 4, "out_channels": 8}"#
          .utf8))
    recipe.model.hidden = 8
    recipe.model.groups = 1
    recipe.model.growth = 4
    recipe.objective.samplingSteps = 2
    change(&recipe)
    return recipe
  }

  private func structure(_ recipe: StableSRRecipe) throws -> StructureTask {
    try StructureTask(recipe, device: .cpu, dtype: .float32)
  }

  private func wrapping(_ recipe: StableSRRecipe) throws -> WrappingTask {
    try WrappingTask(recipe, device: .cpu, dtype: .float32)
  }

  private func restored(_ batch: PictureBatch, fidelity: Double? = nil) throws -> [Float] {
    let model = folder.path("run/model")
    let entry = try #require(RestorerRegistry.entry(recognising: model))
    let restorer = try entry.load(model, .float32, .cpu)
    #expect(restorer is StableSRRestorer)
    try restorer.verify()
    let low = try batch.low_BCHW.narrowed(0, from: 0, length: 1)
    let picture = try restorer.restore(
      RestorationInput(
        enlarged_BCHW: low.resized(height: 64, width: 64, .bicubic).clamped(min: 0, max: 1), low_BCHW: low),
      RestorationRequest(steps: 2, seed: 3, fidelity: fidelity), tile: nil, monitor: .silent)
    #expect(try picture.shape == [1, 3, 64, 64] && picture.isFinite().all().item() == 1)
    return try picture.floats()
  }

  @Test func stageOneLearnsWhatIsTrainedAndNothingElse() throws {
    let run = KindRun(
      task: try structure(recipe()), plan: KindRun<StructureTask>.plan(folder.path("run"), steps: 80, rate: 5e-3))
    let batch = try KindRun<StructureTask>.batch()
    let first = try run.loss(run.task.firstParameters(), batch)
    let (before, after) = try run.train(batch)
    #expect(before.keys.allSatisfy { $0.hasPrefix("encoder.") || $0.hasPrefix("unet.") && $0.contains(".spade.") })
    #expect(before.keys.contains("unet.mid_block.resnets.1.spade.mlp_gamma.weight"))
    #expect(try KindRun<StructureTask>.unmoved(before, after) == [])
    // The frozen networks answer as before.
    #expect(try run.loss(before, batch) == first)
    let last = try run.loss(after, batch)
    #expect(last < 0.8 * first, "\(first) fell to \(last)")

    let written = try SafetensorsFile(path: folder.path("run/model/stablesr.safetensors"))
    #expect(written.keys.count == before.count)
    #expect(
      written.keys.allSatisfy {
        $0.hasPrefix("structcond_stage_model.") || $0.hasPrefix("model.diffusion_model.") && $0.contains(".spade.")
      })
    // Without fusions the weight of feature wrapping has no effect.
    #expect(try restored(batch) == restored(batch, fidelity: 1))
  }

  @Test func stageTwoLearnsWhatIsTrainedAndNothingElse() throws {
    let batch = try KindRun<StructureTask>.batch()
    _ = try KindRun(
      task: structure(recipe()), plan: KindRun<StructureTask>.plan(folder.path("first"), steps: 2, rate: 1e-3)
    ).train(batch)
    let recipe = try recipe {
      $0.model.stage = .wrapping
      $0.model.structure = folder.path("first/model")
    }
    let run = KindRun(
      task: try wrapping(recipe), plan: KindRun<WrappingTask>.plan(folder.path("run"), steps: 60, rate: 1e-2))
    let first = try run.loss(run.task.firstParameters(), batch)
    let (before, after) = try run.train(batch)
    #expect(before.keys.allSatisfy { $0.hasPrefix("decoder.fusion_layer_") })
    #expect(try KindRun<WrappingTask>.unmoved(before, after) == [])
    #expect(try run.loss(before, batch) == first)
    let last = try run.loss(after, batch)
    #expect(last < 0.85 * first, "\(first) fell to \(last)")

    let written = try SafetensorsFile(path: folder.path("run/model/cfw.safetensors"))
    #expect(written.keys.contains("decoder.fusion_layer_1.encode_enc_1.conv_out.weight"))
    #expect(try restored(batch, fidelity: 0) != restored(batch, fidelity: 1))
    let shown = try #require(
      try run.task.preview(run.task.model(ParameterDictionary(after)), batch))
    #expect(shown.shape == [2, 3, 64, 192])

    let next = try wrapping(
      {
        var next = recipe; next.start = folder.path("run/model"); return next
      }())
    let averages = try TrainingState(path: folder.path("run/state.safetensors")).part("average/")
    for (key, tensor) in try next.firstParameters() {
      #expect(try tensor.floats() == #require(averages[key]).to(.float16).floats(), "\(key)")
    }
  }

  @Test func stageOneGoesOnFromAModel() throws {
    let plan = KindRun<StructureTask>.plan(folder.path("run"), steps: 2, rate: 1e-3)
    _ = try KindRun(task: structure(recipe()), plan: plan).train(KindRun<StructureTask>.batch())
    let averages = try TrainingState(path: folder.path("run/state.safetensors")).part("average/")
    let next = try structure(recipe { $0.start = folder.path("run/model") }).firstParameters()
    #expect(next.keys.sorted() == averages.keys.sorted())
    for (key, tensor) in next {
      #expect(try tensor.floats() == #require(averages[key]).to(.float16).floats(), "\(key)")
    }
  }

  @Test func recomputingGivesTheSameGradients() throws {
    let task = try structure(recipe())
    let parameters = try TrainableParameters(task.firstParameters())
    let batch = try KindRun<StructureTask>.batch()
    func gradients(_ recomputes: Bool) throws -> [[Float]] {
      let model = try task.model(ParameterDictionary(parameters.named()))
      func losses() throws -> StepLosses { try task.losses(model, batch, random: Generator(seed: 5)) }
      let loss = try (recomputes ? withRecomputation(losses) : losses()).byPhase[0]
      return try parameters.gradients(of: loss).map { try $0.floats() }
    }
    #expect(try gradients(true) == gradients(false))
  }

  @Test func sharpeningAndTheLowPictureCount() throws {
    var batch = try KindRun<StructureTask>.batch()
    let state = try structure(recipe()).firstParameters()
    func loss(_ change: (inout StableSRRecipe) -> Void = { _ in }) throws -> Double {
      try KindRun(task: structure(recipe(change)), plan: KindRun<StructureTask>.plan("", steps: 1, rate: 1))
        .loss(state, batch)
    }
    // An edge that sharpening sees.
    batch.high_BCHW = try batch.high_BCHW.clamped(min: 0.45, max: 0.55) * 8 - 3.5
    batch.high_BCHW = try batch.high_BCHW.clamped(min: 0, max: 1)
    let usual = try loss()
    #expect(try loss() == usual)
    #expect(try loss { $0.objective.sharpen = false } != usual)
    batch.low_BCHW = try batch.low_BCHW * 0.5
    #expect(try loss() != usual)
  }

  @Test func anEncoderOfOtherLevelsIsRefused() throws {
    let error = #expect(throws: CheckpointError.self) {
      try structure(recipe { $0.model.encoder.channelMultiples = [1, 2, 2] })
    }
    #expect(
      error?.message.hasSuffix(
        "the encoder makes 3 maps, and its U-Net looks at 2; 'model.encoder.channel_mult' has an entry for each")
        == true)
  }
}
