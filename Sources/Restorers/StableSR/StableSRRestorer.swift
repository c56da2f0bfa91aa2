internal import Priors
public import Torch

/// StableSR as a restoration system, loaded from its authors' files or from the folder of a training.
public final class StableSRRestorer: Restorer {
  private let loop: StableSRLoop
  private let text: StableSRWords
  /// Tokens of the empty prompt, which most runs need alone.
  private var emptyPrompt_BLD: Tensor?

  /// How memory grows.
  public let footprint: Footprint
  /// Trained for ×4.
  public let scale = 4
  /// Every level of the U-Net must be as large as its structure features.
  public var sideMultiple: Int { loop.sideMultiple }
  /// The size that the networks were trained at.
  public var largestTile: Int { loop.variant.tileSide * loop.autoencoder.autoencoder.config.sideFactor }
  /// The variant's.
  public var defaultSteps: Int { loop.variant.settings.steps }
  /// Every time that the networks were trained at.
  public let stepLimit = 1000
  /// Without words the context is that of the empty prompt, as in the release.
  public let readsPrompt = true

  /// Loads the model.
  /// - Parameter path: A folder with the authors' files, or one of their main files with the others beside it; or a folder
  ///   that a training wrote.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  public init(path: String, dtype: DType, device: Device) throws {
    let model =
      try StableSRFolder.recognises(path)
      ? StableSRFolder(path).model(dtype: dtype, device: device)
      : StableSRFiles(path).model(dtype: dtype, device: device)
    loop = model.loop
    text = model.words
    let wrapping = model.loop.autoencoder.config
    footprint = .latentDiffusion(parameterCount: model.parameterCount, dtype: dtype) {
      wrapping.workingByteCount(height: $0, width: $0, dtype: dtype, plan: $1)
    }
  }

  /// Restores a picture. Fidelity f is the weight of feature wrapping (`dec_w`): 1 holds most to the low-quality picture.
  public func restore(
    _ input: RestorationInput, _ request: RestorationRequest, tile: Int?, monitor: RestorationMonitor
  ) throws -> Tensor {
    try withoutGradient {
      let progress = ProgressReporter(monitor.report)
      progress.begin(.condition)
      let settings = settings(request)
      let prompts_BLD = try tokens(request, isGuided: settings.guidance > 1)
      // Larger tiles than the networks were trained on make them repeat what they see.
      let run = LatentRun(
        noise: SeededNoise(seed: request.seed),
        tiling: try loop.tiling(for: input.enlarged_BCHW, side: min(tile ?? largestTile, largestTile)),
        progress: progress, cancellation: monitor.cancellation)
      return try loop.restore(
        input.enlarged_BCHW, prompt_BLD: prompts_BLD[0], negativePrompt_BLD: prompts_BLD.last, settings, run)
    }
  }

  /// Checks the text encoder, which is loaded when a run begins.
  public func verify() throws { _ = try text.empty() }

  /// What a request asks for.
  private func settings(_ request: RestorationRequest) -> StableSRSettings {
    var settings = loop.variant.settings
    settings.steps = request.steps ?? settings.steps
    settings.weight = request.fidelity ?? settings.weight
    return settings
  }

  private func tokens(_ request: RestorationRequest, isGuided: Bool) throws -> [Tensor] {
    if !isGuided, request.prompt == nil {
      let tokens_BLD = try emptyPrompt_BLD ?? text.empty()
      emptyPrompt_BLD = tokens_BLD
      return [tokens_BLD]
    }
    let prompt = request.prompt ?? (isGuided ? StableSRVariant.prompt : "")
    return try text.tokens([prompt] + (isGuided ? [request.negativePrompt ?? StableSRVariant.negativePrompt] : []))
  }
}
