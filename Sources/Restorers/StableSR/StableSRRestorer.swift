internal import Checkpoints
internal import Foundation
internal import Priors
public import Torch

/// StableSR as a restoration system, loaded from its authors' files.
public final class StableSRRestorer: Restorer {
  private let files: StableSRFiles
  private let loop: StableSRLoop
  private let text: StableSRText
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
  /// - Parameter path: A folder with the authors' files, or one of their main files with the others beside it.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  public init(path: String, dtype: DType, device: Device) throws {
    files = try StableSRFiles(path)
    let config = StableSRConfig()
    let main = try openCheckpoint(files.main)
    let checkpoint = StableSRCheckpoint(main, config)
    func load<Component>(
      _ source: any ParameterSource, _ component: String, _ build: (ParameterPath) throws -> Component
    ) throws -> Component {
      try ParameterLoader.load(source, component: component, dtype: dtype, device: device, build)
    }
    let unet = try load(checkpoint.unet, "StableSR's U-Net") { try UNet2DCondition($0, config.unet) }
    let encoder = try load(checkpoint.encoder, "StableSR's time-aware encoder") {
      try TimeAwareEncoder($0, config.encoder)
    }
    let wrapping = FeatureWrappingConfig()
    let autoencoder = try load(
      StableSRCheckpoint.featureWrapping(try openCheckpoint(files.featureWrapping), wrapping),
      "StableSR's autoencoder with feature wrapping"
    ) { try FeatureWrappingAutoencoder($0, wrapping) }
    loop = StableSRLoop(
      StructureSteeredUNet(unet, encoder), autoencoder, variant: files.variant)
    text = StableSRText(checkpoint.text, config.text, folder: files.folder, dtype: dtype, device: device)
    // U-Net, structure layers, encoder, autoencoder, fusions: the published counts.
    footprint = .latentDiffusion(
      parameterCount: 865_910_724 + 53_020_160 + 52_494_080 + 83_653_863 + 44_393_728, dtype: dtype
    ) { wrapping.workingByteCount(height: $0, width: $0, dtype: dtype, plan: $1) }
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
  public func verify() throws { _ = try text.emptyPrompt() }

  /// What a request asks for.
  private func settings(_ request: RestorationRequest) -> StableSRSettings {
    var settings = loop.variant.settings
    settings.steps = request.steps ?? settings.steps
    settings.weight = request.fidelity ?? settings.weight
    return settings
  }

  private func tokens(_ request: RestorationRequest, isGuided: Bool) throws -> [Tensor] {
    if !isGuided, request.prompt == nil {
      let tokens_BLD = try emptyPrompt_BLD ?? text.emptyPrompt()
      emptyPrompt_BLD = tokens_BLD
      return [tokens_BLD]
    }
    let prompt = request.prompt ?? (isGuided ? StableSRVariant.prompt : "")
    return try text.tokens(of: [prompt] + (isGuided ? [request.negativePrompt ?? StableSRVariant.negativePrompt] : []))
  }
}
