public import Checkpoints
internal import Degradation
internal import Priors
public import Restorers
public import Torch

/// The first stage of StableSR's training (Wang et al. 2023, section 3.1): the time-aware encoder and the structure layers
/// of the U-Net learn to predict the noise, shown the low-quality picture's latent; all else is frozen, the prompt empty.
///
/// Keys: those of Burnish's modules behind `unet.` and `encoder.`.
public struct StructureTask: TrainingTask {
  /// Where the networks run.
  public let device: Device
  /// The type that the networks compute in.
  public let dtype: DType
  private let recipe: StableSRRecipe
  private let base: StableSRBase
  private let prompts: PromptMemory<Tensor>
  private let objective: DiffusionObjective

  /// Opens the frozen parts.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  public init(_ recipe: StableSRRecipe, device: Device, dtype: DType) throws {
    self.recipe = recipe
    self.device = device
    self.dtype = dtype
    var sizes = StableSRFolder.Sizes()
    sizes.encoder = recipe.model.encoder
    sizes.hidden = recipe.model.hidden
    sizes.tile = max(recipe.data.crop / 8, 1)
    base = try StableSRBase(recipe.model.base, sizes, dtype: dtype, device: device)
    prompts = PromptMemory(base.prior.tokens)
    objective = try DiffusionObjective(base.prior.schedule)
  }

  /// The sizes of both networks.
  public var identity: RunIdentity {
    struct Sizes: Encodable {
      let stage: Int
      let unet: UNetConfig
      let encoder: TimeAwareEncoderConfig
    }
    return RunIdentity(
      kind: recipe.kind,
      model: Sizes(stage: recipe.model.stage.rawValue, unet: base.unet, encoder: base.sizes.encoder))
  }

  /// Those of the recipe's `start`, a folder that a training wrote; else new ones.
  public func firstParameters() throws -> [String: Tensor] {
    guard !recipe.start.isEmpty else { return try base.newParameters(seed: recipe.seed) }
    let stored = try base.parameters(of: recipe.start)
    try check(stored)
    return stored.tensors
  }

  /// Throws unless stored parameters are structure layers and an encoder as the recipe wants them.
  public func check(_ stored: ParameterDictionary) throws { _ = try model(stored) }

  /// Both networks, the U-Net's structure layers over its frozen weights.
  public func model(_ parameters: ParameterDictionary) throws -> StructureSteeredUNet { try base.networks(parameters) }

  /// The mean squared error of the predicted noise (or velocity, as the prior's schedule says), at evenly drawn times.
  public func losses(_ model: StructureSteeredUNet, _ batch: PictureBatch, random: Generator) throws -> StepLosses {
    let batch = try batch.on(device)
    let high_BCHW = recipe.objective.sharpen ? try sharpened(batch.high_BCHW) : batch.high_BCHW
    let low_BCHW = try base.prior.codec.draw(of: try batch.enlarged_BCHW(), random: random)
    let draw = try objective.draw(try base.prior.codec.draw(of: high_BCHW, random: random), random: random)
    let text = try prompts(Array(repeating: "", count: batch.count))
    let structure = try model.encoder(low_BCHW, timestep_B: draw.timestep_B)
    let output_BCHW = try model.unet(
      draw.noisy_BCHW, timestep_B: draw.timestep_B,
      conditioning: UNetConditioning(text: Context(try .concatenated(text, axis: 0)), structure: structure))
    return StepLosses(try output_BCHW.to(.float32).meanSquaredError(draw.target_BCHW))
  }

  private func sharpened(_ picture_BCHW: Tensor) throws -> Tensor {
    let (height, width) = (picture_BCHW.size(2), picture_BCHW.size(3))
    let rows = try (0..<picture_BCHW.size(0)).map { row in
      try PlanarImage(
        width: width, height: height,
        pixels: try picture_BCHW.narrowed(0, from: row, length: 1).to(.float32, device: .cpu).floats()
      ).sharpened()
    }
    return try PlanarImage.tensor(rows).to(device: device)
  }

  /// Writes what was trained, with links to the parts of the base model.
  public func write(_ parameters: [String: Tensor], to folder: String) throws { try base.write(parameters, to: folder) }
}
