public import Checkpoints
internal import Foundation
internal import Priors
public import Restorers
public import Torch

/// The training of restoration adapters and of the LoRA beside them, in a frozen SDXL or SD 3, with the prior's own loss.
public struct AdapterTask: TrainingTask {
  /// Adapters, and the network with its LoRA beside the frozen weights.
  public struct Model {
    /// The adapters.
    public let adapter: RestorationAdapter
    /// One pass: noisy latent, time of each row, prompt, low-quality latent.
    let predict:
      (_ noisy_BCHW: Tensor, _ timestep_B: Tensor, _ text: AdapterPrior.Text, _ low_BCHW: Tensor) throws -> Tensor
  }

  /// Where the networks run.
  public let device: Device
  /// The type that the networks compute in.
  public let dtype: DType
  private let recipe: AdapterRecipe
  private let prior: AdapterPrior
  private let config: RestorationAdapterConfig
  private let prompts: PromptMemory<AdapterPrior.Text>
  private let draw: (_ clean_BCHW: Tensor, _ random: Generator) throws -> DiffusionObjective.Draw

  /// Opens the base model.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's, and for adapters that do
  ///   not go with it.
  public init(_ recipe: AdapterRecipe, device: Device, dtype: DType) throws {
    self.recipe = recipe
    self.device = device
    self.dtype = dtype
    let model = recipe.model
    let prior = try AdapterPrior(
      model.base, system: model.system, usesT5: model.usesT5, dtype: dtype, device: device)
    self.prior = prior
    config = model.adapter ?? .standard(for: prior.backbone)
    try config.check(for: prior.backbone)
    prompts = PromptMemory { [try prior.text($0)] }
    switch prior.backbone {
    case .unet:
      let objective = try DiffusionObjective(prior.schedule)
      draw = { try objective.draw($0, random: $1) }
    case .transformer:
      let objective = FlowObjective(times: try recipe.objective.times.density())
      draw = { try objective.draw($0, random: $1) }
    }
  }

  /// The adapters' sizes and the network that they are for.
  public var identity: RunIdentity {
    struct Sizes: Encodable {
      let system: String
      let backbone: String
      let adapter: RestorationAdapterConfig
    }
    return RunIdentity(
      kind: recipe.kind,
      model: Sizes(system: recipe.model.system, backbone: prior.backbone.id, adapter: config))
  }

  /// Adapters and LoRA; each with a rate.
  public var groups: [ParameterGroup] {
    let isAdapter: @Sendable (String) -> Bool = { $0.hasPrefix("ra.") }
    let adapters = ParameterGroup("adapters", takes: isAdapter)
    guard config.lowRank.rank > 0 else { return [adapters] }
    return [adapters, ParameterGroup("LoRA", rate: recipe.objective.lowRankRate)]
  }

  /// Those of the recipe's `start`, an adapter's file; else new ones, which leave the prior as it is.
  public func firstParameters() throws -> [String: Tensor] {
    guard !recipe.start.isEmpty else {
      return try RestorationAdapter.newParameters(config, for: prior.backbone, seed: recipe.seed)
    }
    let stored = try ParameterDictionary(SafetensorsFile(path: recipe.start), name: recipe.start)
    try check(stored)
    return stored.tensors
  }

  /// Throws unless stored parameters are adapters as the recipe wants them.
  public func check(_ stored: ParameterDictionary) throws {
    _ = try RestorationAdapter.load(stored, config, for: prior.backbone)
  }

  /// The network with adapters and LoRA.
  public func model(_ parameters: ParameterDictionary) throws -> Model {
    let adapter = try RestorationAdapter.load(parameters, config, for: prior.backbone, device: device)
    let weights = try adapter.beside(prior.weights)
    switch prior.backbone {
    case .unet(let sizes):
      let unet = try ParameterLoader.load(weights, component: "the base U-Net", device: device) {
        try UNet2DCondition($0, sizes)
      }
      let told = SDXLSizes.square(recipe.model.toldSide)
      return Model(adapter: adapter) { noisy_BCHW, timestep_B, text, low_BCHW in
        let conditioning = try SDXLConditioning(
          text_BLD: text.tokens_BLD, pooledText_BD: text.pooled_BP, sizes: told)
        return try unet(
          noisy_BCHW, timestep_B: timestep_B,
          conditioning: UNetConditioning(text: conditioning.text, added: conditioning.added),
          adapter: adapter.looking(at: low_BCHW))
      }
    case .transformer(let sizes):
      let transformer = try ParameterLoader.load(weights, component: "the base transformer", device: device) {
        try SD3Transformer($0, sizes)
      }
      return Model(adapter: adapter) { noisy_BCHW, timestep_B, text, low_BCHW in
        let prompt = try transformer.prompt(text_BTE: text.tokens_BLD, pooled_BP: text.pooled_BP)
        return try transformer(
          noisy_BCHW, timestep_B: timestep_B, prompt: prompt, adapter: adapter.looking(at: low_BCHW))
      }
    }
  }

  /// The prior's own loss: of the predicted noise, or of the velocity of rectified flow.
  public func losses(_ model: Model, _ batch: PictureBatch, random: Generator) throws -> StepLosses {
    let batch = try batch.on(device)
    let texts = try prompts(words(batch.captions, random))
    let text = try withoutGradient { try AdapterPrior.Text(rows: texts) }
    let low_BCHW = try withoutGradient { try prior.codec.mean(of: try batch.enlarged_BCHW()) }
    let draw = try draw(try prior.codec.draw(of: batch.high_BCHW, random: random), random)
    let output_BCHW = try model.predict(draw.noisy_BCHW, draw.timestep_B, text, low_BCHW)
    return StepLosses(try output_BCHW.to(.float32).meanSquaredError(draw.target_BCHW))
  }

  /// "Caption. degradation words", as the restorer joins them, with parts left out.
  private func words(_ captions: [String], _ random: Generator) throws -> [String] {
    let objective = recipe.objective
    let kept = try PromptDropping.apply(captions, share: objective.dropCaption, random: random)
    var settings = RestorationAdapterSettings(steps: 1)
    settings.degradationWords = objective.degradationWords
    return try PromptDropping.apply(kept.map { settings.text($0) }, share: objective.drop, random: random)
  }

  /// Writes the adapters' file, and beside it what names the base model.
  public func write(_ parameters: [String: Tensor], to folder: String) throws {
    struct Settings: Encodable {
      let base: String
      let degradation_words: String
      let told_side: Int
      let t5: Bool
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try RestorationCheckpoint.write(
        parameters, config, for: prior.backbone, prior: prior.fingerprint, to: folder + "/adapter.safetensors")
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let base = URL(fileURLWithPath: recipe.model.base).standardizedFileURL.path
      let settings = Settings(
        base: base, degradation_words: recipe.objective.degradationWords, told_side: recipe.model.toldSide,
        t5: recipe.model.usesT5)
      try encoder.encode(settings).write(
        to: URL(fileURLWithPath: folder + "/" + RestorationAdapterSettings.fileName), options: .atomic)
    } catch let error as CocoaError {
      throw CheckpointError(.unwritable, "writing the model '\(folder)': \(error.localizedDescription)")
    }
  }
}
