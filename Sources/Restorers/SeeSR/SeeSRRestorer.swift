internal import Priors
public import Torch

/// SeeSR as a restoration system, loaded from its authors' files.
///
/// Text encoder and tagger are loaded for a picture and let go again, so that they and the denoising networks do not
/// take memory at the same time.
public final class SeeSRRestorer: Restorer {
  private let folder: SteeredFolder
  private let loop: SeeSRLoop
  private let variant: SeeSRVariant
  private let prompt = Prompt(
    quality: "clean, high-resolution, 8k", negative: "dotted, noise, blur, lowres, smooth")

  /// How memory grows.
  public let footprint: Footprint
  /// Trained for ×4.
  public let scale = 4
  /// The coarsest level of the U-Net has 64 pixels of the picture to one of its own.
  public let sideMultiple = 64
  /// The releases cut above this: the networks were trained at 512 pixels.
  public let largestTile = 768
  /// The release's.
  public var defaultSteps: Int { variant.settings.steps }
  /// Every time that the networks were trained at.
  public let stepLimit = 1000
  /// The prompt is added to the tags.
  public let readsPrompt = true

  /// Loads the model.
  /// - Parameters:
  ///   - path: The model's folder.
  ///   - variant: SeeSR itself, or its turbo mode.
  ///   - dtype: What the networks compute in.
  ///   - device: Where they run.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  public init(folder path: String, variant: SeeSRVariant = .standard, dtype: DType, device: Device) throws {
    self.variant = variant
    folder = SteeredFolder(
      ModelFolder(path, model: variant.name), base: variant.base, dtype: dtype, device: device)
    let networks = try folder.load(unet: variant.unet, over: variant.prior, controlNet: variant.controlNet)
    loop = SeeSRLoop(networks.unet, networks.codec, schedule: networks.schedule)
    footprint = networks.footprint(dtype)
  }

  /// Restores a picture. Fidelity sets guidance and start: see ``SeeSRVariant/settings(_:)``.
  public func restore(
    _ input: RestorationInput, _ request: RestorationRequest, tile: Int?, monitor: RestorationMonitor
  ) throws -> Tensor {
    try withoutGradient {
      let progress = ProgressReporter(monitor.report)
      progress.begin(.condition)
      let conditions = try conditions(input, request)
      let run = try LatentRun(
        input, request, tile: tile, factor: loop.codec.factor, alignment: loop.networks.unet.config.sideMultiple,
        progress: progress, monitor: monitor)
      return try loop.restore(conditions, variant.settings(request), run)
    }
  }

  /// Checks tagger and text encoder, which are loaded with each picture.
  public func verify() throws { try folder.verify() }

  private func conditions(_ input: RestorationInput, _ request: RestorationRequest) throws -> SteeredConditions {
    let (imageTokens, tags) = try folder.tagger().read(input.low_BCHW)
    let texts = try folder.base.tokens(
      of: [prompt.text(tags: tags, user: request.prompt), request.negativePrompt ?? prompt.negative])
    return SteeredConditions(
      picture_BCHW: input.enlarged_BCHW, prompt_BLD: texts[0], negativePrompt_BLD: texts[1],
      imageTokens_BLD: imageTokens)
  }
}
