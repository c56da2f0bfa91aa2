public import Checkpoints
internal import Quality
public import Restorers
public import Torch

/// The second stage of StableSR's training (Wang et al. 2023, section 3.2): the fusions of the decoder learn to draw the
/// high-quality picture from what stage 1 made of the low-quality one and from what the encoder sees in it, at weight 1.
///
/// The error is absolute, with LPIPS beside it where its files are named. The release adds a discriminator from step 501 on
/// with a weight of 0.025; there is none here.
public struct WrappingTask: TrainingTask {
  /// Where the networks run.
  public let device: Device
  /// The type that the networks compute in.
  public let dtype: DType
  private let recipe: StableSRRecipe
  private let decoding: StableSRDecoding
  private let lpips: LPIPS?

  /// Opens the frozen parts.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  public init(_ recipe: StableSRRecipe, device: Device, dtype: DType) throws {
    self.recipe = recipe
    self.device = device
    self.dtype = dtype
    var wrapping = StableSRFolder.Sizes.Wrapping()
    (wrapping.groups, wrapping.growth) = (recipe.model.groups, recipe.model.growth)
    decoding = try StableSRDecoding(recipe.model.structure, wrapping, dtype: dtype, device: device)
    lpips = try Self.lpips(recipe.objective, device)
  }

  private static func lpips(_ objective: StableSRKind.Objective, _ device: Device) throws -> LPIPS? {
    guard !objective.lpipsTrunk.isEmpty, objective.lpipsWeight > 0 else { return nil }
    return try ParameterLoader.load(
      try openCheckpoint(objective.lpipsTrunk), component: "VGG-16", dtype: .float32, device: device,
      // The classifier's last layers.
      ignoring: { !$0.hasPrefix("features.") }
    ) { trunk in
      try ParameterLoader.load(
        try openCheckpoint(objective.lpipsHeads), component: "LPIPS's heads", dtype: .float32, device: device
      ) { heads in try LPIPS(.vgg, trunk: trunk, heads: heads, device: device) }
    }
  }

  /// The sizes of the fusions.
  public var identity: RunIdentity {
    struct Sizes: Encodable {
      let stage: Int
      let model: StableSRFolder.Sizes
    }
    return RunIdentity(
      kind: recipe.kind, model: Sizes(stage: recipe.model.stage.rawValue, model: decoding.written))
  }

  /// Those of the recipe's `start`, a folder that a training wrote; else new ones.
  public func firstParameters() throws -> [String: Tensor] {
    guard !recipe.start.isEmpty else { return try decoding.newParameters(seed: recipe.seed) }
    let stored = try decoding.parameters(of: recipe.start)
    try check(stored)
    return stored.tensors
  }

  /// Throws unless stored parameters are fusions as the recipe wants them.
  public func check(_ stored: ParameterDictionary) throws { _ = try model(stored) }

  /// The autoencoder, with fusions over its frozen weights.
  public func model(_ parameters: ParameterDictionary) throws -> FeatureWrappingAutoencoder {
    try decoding.autoencoder(parameters)
  }

  /// The mean absolute error of pictures in -1…1, and LPIPS.
  public func losses(_ model: FeatureWrappingAutoencoder, _ batch: PictureBatch, random: Generator) throws -> StepLosses
  {
    let batch = try batch.on(device)
    let picture_BCHW = try decoded(model, batch, random: random)
    let absolute = try (picture_BCHW - (batch.high_BCHW * 2 - 1)).abs().mean()
    guard let lpips else { return StepLosses(absolute) }
    let perceptual = try lpips.distance(try picture_BCHW * 0.5 + 0.5, reference_BCHW: batch.high_BCHW).mean()
    return StepLosses(
      try absolute + perceptual * recipe.objective.lpipsWeight,
      parts: ["absolute": try absolute.detached(), "lpips": try perceptual.detached()])
  }

  /// In -1…1.
  private func decoded(
    _ model: FeatureWrappingAutoencoder, _ batch: PictureBatch, random: Generator
  ) throws -> Tensor {
    let enlarged_BCHW = try batch.enlarged_BCHW()
    var stream = try random.stream("sampling")
    let latent_BCHW = try decoding.latents(
      of: enlarged_BCHW, steps: recipe.objective.samplingSteps, seeds: (0..<batch.count).map { _ in stream.next() })
    let features = try withoutGradient { try model.encode(try enlarged_BCHW * 2 - 1).features }
    return try model.decode(latent_BCHW, features: features, weight: 1)
  }

  /// Low-quality, decoded and original pictures.
  public func preview(_ model: FeatureWrappingAutoencoder, _ batch: PictureBatch) throws -> Tensor? {
    let batch = try batch.on(device)
    let picture_BCHW = try decoded(model, batch, random: Generator(seed: recipe.seed)) * 0.5 + 0.5
    return try .concatenated(
      [try batch.enlarged_BCHW(), try picture_BCHW.clamped(min: 0, max: 1), batch.high_BCHW], axis: 3)
  }

  /// Writes the fusions, with links to the first stage and to the base model.
  public func write(_ parameters: [String: Tensor], to folder: String) throws {
    try decoding.write(parameters, to: folder)
  }
}
