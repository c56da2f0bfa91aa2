public import Checkpoints
public import Priors
internal import Restorers
public import Torch

/// The training of SeeSR's degradation-aware prompt extractor (Wu et al. 2024): a LoRA in the tagger RAM learns to answer
/// for low-quality pictures what RAM as it is answers for their high-quality partners.
///
/// Keys: those of the published file, `DAPE.pth`.
public struct DAPETask: TrainingTask {
  /// Where the networks run.
  public let device: Device
  /// The type that the networks compute in.
  public let dtype: DType
  private let recipe: DAPERecipe
  private let prior: TaggerPrior

  /// Opens RAM.
  /// - Throws: `CheckpointError` when it is absent, damaged or another model's.
  public init(_ recipe: DAPERecipe, device: Device, dtype: DType) throws {
    self.recipe = recipe
    self.device = device
    self.dtype = dtype
    let model = recipe.model
    prior = try TaggerPrior(
      model.base, model: recipe.kind, rank: model.rank > 0 ? model.rank : nil,
      alpha: model.alpha > 0 ? model.alpha : nil, dtype: dtype, device: device)
  }

  /// The sizes of the tower and of the LoRA.
  public var identity: RunIdentity {
    struct Sizes: Encodable {
      let width: Int
      let depths: [Int]
      let rank: Int
      let alpha: Double
    }
    let config = prior.config
    return RunIdentity(
      kind: recipe.kind,
      model: Sizes(
        width: config.embedWidth, depths: config.depths, rank: config.lora.rank, alpha: config.lora.alpha))
  }

  /// Those of the recipe's `start`, a file like `DAPE.pth`; else new ones, which change nothing.
  public func firstParameters() throws -> [String: Tensor] {
    let new = try prior.newLoRA(seed: recipe.seed)
    guard !recipe.start.isEmpty else { return new }
    let checkpoint = try openCheckpoint(recipe.start)
    var tensors: [String: Tensor] = [:]
    // The published file has the LoRA of two text towers too, which nobody asks for.
    for key in checkpoint.keys where new.keys.contains(key) {
      tensors[key] = try checkpoint.tensor(key).to(.float32)
    }
    let stored = ParameterDictionary(tensors, name: recipe.start)
    try check(stored)
    return stored.tensors
  }

  /// Throws unless stored parameters are a LoRA of the recipe's sizes.
  public func check(_ stored: ParameterDictionary) throws { _ = try model(stored) }

  /// The tagger with the LoRA beside its weights.
  public func model(_ parameters: ParameterDictionary) throws -> ImageTagger { try prior.student(parameters) }

  /// The mean squared error of the tokens, plus the cross-entropy of the tags' scores.
  public func losses(_ model: ImageTagger, _ batch: PictureBatch, random: Generator) throws -> StepLosses {
    let batch = try batch.on(device)
    let (tokens_BLD, scores_BT) = try withoutGradient {
      let tokens_BLD = try prior.teacher.encoder.tokens(of: batch.high_BCHW, resampling: .bilinear)
      return (tokens_BLD, try prior.teacher.decoder.logits(tokens_BLD).sigmoid())
    }
    let found_BLD = try model.encoder.tokens(of: batch.low_BCHW, resampling: .bilinear)
    let representation = try found_BLD.to(.float32).meanSquaredError(tokens_BLD.to(.float32))
    let logits = try model.decoder.logits(found_BLD).binaryCrossEntropy(logitsTo: scores_BT)
    return StepLosses(
      try representation * recipe.objective.representation + logits * recipe.objective.logits,
      parts: ["representation": representation, "logits": logits])
  }

  /// Writes `DAPE.safetensors`, with links to all that the base has beside it.
  public func write(_ parameters: [String: Tensor], to folder: String) throws {
    try prior.write(parameters, to: folder)
  }
}
