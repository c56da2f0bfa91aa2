public import Checkpoints
internal import Degradation
internal import Priors
public import Restorers
public import Torch

/// FluxIR's training (arXiv 2504.15159): one double block, its own text and the layers that spread its features into all
/// blocks of a frozen FLUX.1, by the loss of rectified flow and one on pixels. Keys: those of the adapter's file.
public struct FluxIRTask: TrainingTask {
  /// Where the networks run.
  public let device: Device
  /// The type that the networks compute in.
  public let dtype: DType
  private let recipe: FluxIRRecipe
  private let base: FluxIRBase
  private let prompts: PromptMemory<JointPrompt>
  private let objective: FlowObjective
  private let pixels: PixelLoss

  /// Opens the base model.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  public init(_ recipe: FluxIRRecipe, device: Device, dtype: DType) throws {
    self.recipe = recipe
    self.device = device
    self.dtype = dtype
    let base = try FluxIRBase(recipe.model.base, recipe.model.config, dtype: dtype, device: device)
    self.base = base
    prompts = PromptMemory { try $0.map(base.prompt) }
    objective = FlowObjective(times: try recipe.objective.times.density())
    pixels = PixelLoss(
      base.codec.autoencoder, weight: recipe.objective.pixelWeight, crop: recipe.objective.pixelCrop,
      halo: recipe.objective.pixelHalo)
  }

  /// The sizes of adapter and transformer.
  public var identity: RunIdentity {
    struct Sizes: Encodable {
      let adapter: [String: String]
      let transformer: FluxTransformerConfig
    }
    return RunIdentity(
      kind: recipe.kind, model: Sizes(adapter: base.config.metadata, transformer: base.transformer.config))
  }

  /// The copied block, which is to stay near what it was, and all that is new.
  public var groups: [ParameterGroup] {
    [
      ParameterGroup("block", rate: recipe.objective.blockRate) { $0.hasPrefix(FluxIRAdapter.prefix + ".block.") },
      ParameterGroup("layers"),
    ]
  }

  /// Those of the recipe's `start`, an adapter's file; else a copy of the transformer's first block, the empty prompt, and
  /// layers that add nothing.
  public func firstParameters() throws -> [String: Tensor] {
    guard !recipe.start.isEmpty else { return try base.newParameters(seed: recipe.seed) }
    let stored = try ParameterDictionary(SafetensorsFile(path: recipe.start), name: recipe.start)
    try check(stored)
    return stored.tensors
  }

  /// Throws unless stored parameters are an adapter as the recipe wants it.
  public func check(_ stored: ParameterDictionary) throws { _ = try model(stored) }

  /// The adapter.
  public func model(_ parameters: ParameterDictionary) throws -> FluxIRAdapter { try base.adapter(parameters) }

  /// Text does not go on from the last block, so what is added to it there is never asked for.
  public func mayBeIdle(_ key: String) -> Bool {
    base.transformer.config.singleCount > 0
      && key.hasPrefix("\(FluxIRAdapter.prefix).se_txt.\(base.transformer.config.blockCount - 1).")
  }

  /// The mean squared error of the velocity, and where it is asked for the error of the picture that it implies.
  public func losses(_ model: FluxIRAdapter, _ batch: PictureBatch, random: Generator) throws -> StepLosses {
    let batch = try batch.on(device)
    let texts = try PromptDropping.apply(batch.captions, share: recipe.objective.drop, random: random)
    let prompt = try withoutGradient { try JointPrompt(rows: try prompts(texts)) }
    let low_BCHW = try withoutGradient { try base.codec.mean(of: try batch.enlarged_BCHW()) }
    let draw = try objective.draw(try base.codec.draw(of: batch.high_BCHW, random: random), random: random)
    let times = draw.levels.map(\.noise)
    let velocity_BCHW = try base.velocity(
      draw.noisy_BCHW, time_B: try Tensor(times.map { Float($0) }).to(device: device), low_BCHW: low_BCHW,
      prompt: prompt, adapter: model)
    let flow = try velocity_BCHW.meanSquaredError(draw.target_BCHW)
    guard recipe.objective.pixelWeight > 0 else { return StepLosses(flow) }
    var stream = try random.stream("pixels")
    let pixel = try pixels(
      noisy_BCHW: draw.noisy_BCHW, velocity_BCHW: velocity_BCHW, times: times, high_BCHW: batch.high_BCHW,
      random: &stream)
    return StepLosses(try flow + pixel, parts: ["flow": try flow.detached(), "pixels": try pixel.detached()])
  }

  /// Writes the adapter's file, and links to the base model.
  public func write(_ parameters: [String: Tensor], to folder: String) throws { try base.write(parameters, to: folder) }
}
