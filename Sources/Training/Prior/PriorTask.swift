public import Checkpoints
internal import Foundation
public import Priors
internal import Restorers
public import Torch

/// The training of a base U-Net from scratch over the latents of a frozen autoencoder, told of captions: Stable Diffusion's
/// own (Rombach et al. 2022). Low-quality partners are passed over.
public struct PriorTask: TrainingTask {
  /// Where the networks run.
  public let device: Device
  /// The type that the networks compute in.
  public let dtype: DType
  private let recipe: PriorRecipe
  private let prior: StableDiffusionPrior
  private let prompts: PromptMemory<Tensor>
  private let schedule: SchedulerConfig
  private let objective: DiffusionObjective

  /// Opens the frozen parts.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  public init(_ recipe: PriorRecipe, device: Device, dtype: DType) throws {
    self.recipe = recipe
    self.device = device
    self.dtype = dtype
    prior = try StableDiffusionPrior(recipe.model.base, model: recipe.kind, dtype: dtype, device: device)
    prompts = PromptMemory(prior.tokens)
    var schedule = prior.schedule
    schedule.predictionType = recipe.model.prediction.rawValue
    self.schedule = schedule
    objective = try DiffusionObjective(schedule)
  }

  /// The network's sizes and what it predicts.
  public var identity: RunIdentity {
    struct Sizes: Encodable {
      let prediction: Parametrisation
      let network: UNetConfig
    }
    return RunIdentity(
      kind: recipe.kind, model: Sizes(prediction: recipe.model.prediction, network: recipe.model.network))
  }

  /// Those of the recipe's `start`, a network's folder; else new ones, with a zero output convolution.
  public func firstParameters() throws -> [String: Tensor] {
    if !recipe.start.isEmpty {
      let stored = try ParameterDictionary(openCheckpoint(recipe.start), name: recipe.start)
      try check(stored)
      return stored.tensors
    }
    let initialiser = try ParameterInitialiser(seed: recipe.seed)
    _ = try UNet2DCondition(ParameterLoader(initialiser).root, recipe.model.network, zeroOutput: true)
    return initialiser.drawn
  }

  /// Throws unless stored parameters are the recipe's network.
  public func check(_ stored: ParameterDictionary) throws { _ = try model(stored) }

  /// The network.
  public func model(_ parameters: ParameterDictionary) throws -> UNet2DCondition {
    try ParameterLoader.load(parameters, component: "the base U-Net", device: device) {
      try UNet2DCondition($0, recipe.model.network)
    }
  }

  /// The mean squared error of what is predicted, at evenly drawn times.
  public func losses(_ model: UNet2DCondition, _ batch: PictureBatch, random: Generator) throws -> StepLosses {
    let batch = try batch.on(device)
    let texts = try PromptDropping.apply(batch.captions, share: recipe.objective.drop, random: random)
    let draw = try objective.draw(try prior.codec.draw(of: batch.high_BCHW, random: random), random: random)
    let text = readsText ? Context(try .concatenated(try prompts(texts), axis: 0)) : nil
    let output_BCHW = try model(draw.noisy_BCHW, timestep_B: draw.timestep_B, context: text)
    return StepLosses(try output_BCHW.to(.float32).meanSquaredError(draw.target_BCHW))
  }

  private var readsText: Bool {
    let network = recipe.model.network
    return (network.downBlockTypes + network.upBlockTypes + [network.midBlockType]).contains {
      $0.contains("CrossAttn")
    }
  }

  /// Writes a folder in the layout of Stable Diffusion 2, with links to the parts of the base.
  public func write(_ parameters: [String: Tensor], to folder: String) throws {
    try NetworkFolder.write(parameters, config: recipe.model.network, dtype: .float16, to: folder + "/unet")
    try prior.link(into: folder, except: ["scheduler"])
    do {
      try FileManager.default.createDirectory(atPath: folder + "/scheduler", withIntermediateDirectories: true)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(schedule).write(
        to: URL(fileURLWithPath: folder + "/scheduler/scheduler_config.json"), options: .atomic)
    } catch let error as CocoaError {
      throw CheckpointError(.unwritable, "writing the model '\(folder)': \(error.localizedDescription)")
    }
  }
}
