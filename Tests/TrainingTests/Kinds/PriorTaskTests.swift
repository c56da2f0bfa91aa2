import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers
@testable import Training

struct PriorTaskTests {
  @Test(arguments: [Parametrisation.epsilon, .velocity])
  func aNetworkLearnsFromScratch(prediction: Parametrisation) throws {
    try useOneThread()
    let folder = try TinySteeredFolder(system: "seesr")
    var recipe = PriorRecipe()
    recipe.model.base = folder.folder.path
    recipe.model.prediction = prediction
    recipe.objective.drop = 0
    recipe.model.network.blockOutChannels = [8, 16]
    recipe.model.network.downBlockTypes = ["CrossAttnDownBlock2D", "DownBlock2D"]
    recipe.model.network.upBlockTypes = ["UpBlock2D", "CrossAttnUpBlock2D"]
    recipe.model.network.layersPerBlock = 1
    recipe.model.network.transformerLayersPerBlock = [1, 1]
    recipe.model.network.headCounts = [1, 2]
    recipe.model.network.normGroups = 4
    recipe.model.network.crossAttentionWidth = 16
    let run = KindRun(
      task: try PriorTask(recipe, device: .cpu, dtype: .float32),
      plan: KindRun<PriorTask>.plan(folder.path("run"), steps: 80, rate: 1e-2))
    let batch = try KindRun<PriorTask>.batch()
    let (before, after) = try run.train(batch)
    let (first, last) = (try run.loss(before, batch), try run.loss(after, batch))
    #expect(last < (prediction == .epsilon ? 0.5 : 0.8) * first, "\(first) fell to \(last)")
    #expect(try KindRun<PriorTask>.unmoved(before, after) == [])

    // The folder is a prior that others are trained upon.
    let prior = try StableDiffusionPrior(folder.path("run/model"), model: "test", dtype: .float32, device: .cpu)
    #expect(try prior.schedule.parametrisation() == prediction)
    let (config, _, frozen) = try prior.unet()
    #expect(config == recipe.model.network)
    _ = try ParameterLoader.load(frozen, component: "the written U-Net") { try UNet2DCondition($0, config) }
    let averages = try TrainingState(path: folder.path("run/state.safetensors")).part("average/")
    for (key, tensor) in averages {
      #expect(
        try frozen.parameter(key, ParameterRequest(shape: []))?.floats() == tensor.to(.float16).floats(), "\(key)")
    }
  }
}
