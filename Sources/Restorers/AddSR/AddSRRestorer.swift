internal import Priors
public import Torch

/// AddSR as a restoration system, loaded from its authors' files: one to four steps of SeeSR's networks.
public final class AddSRRestorer: Restorer {
  private let folder: SteeredFolder
  private let loop: AddSRLoop
  private let prompt = Prompt(
    quality: "clean, high-resolution, 8k, extremely detailed, best quality, sharp", negative: "")

  /// How memory grows.
  public let footprint: Footprint
  /// Trained for ×4.
  public let scale = 4
  /// The coarsest level of the U-Net has 64 pixels of the picture to one of its own.
  public let sideMultiple = 64
  /// The releases cut above this: the networks were trained at 512 pixels.
  public let largestTile = 768
  /// The release's.
  public let defaultSteps = AddSRSettings().steps
  /// The times that the model was distilled for.
  public let stepLimit = AddSRSettings().steps
  /// The prompt is added to the tags. There is no guidance, so a negative prompt counts for nothing.
  public let readsPrompt = true

  /// Loads the model.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  public init(folder path: String, dtype: DType, device: Device) throws {
    folder = SteeredFolder(ModelFolder(path, model: "addsr"), dtype: dtype, device: device)
    let networks = try folder.load(unet: Self.unet, controlNet: Self.controlNet)
    loop = AddSRLoop(networks.unet, networks.codec, schedule: networks.schedule)
    footprint = networks.footprint(dtype)
  }

  private static let source = "github.com/NJU-PCALab/AddSR"
  static let unet = ModelPart(
    "unet", places: ["unet", "addsr/unet"], summary: "AddSR's U-Net, SeeSR's distilled to four steps", source: source)
  static let controlNet = ModelPart(
    "controlnet", places: ["controlnet", "addsr/controlnet"], summary: "AddSR's ControlNet", source: source)

  /// Restores a picture. Fidelity f sets the weight of self-refinement to `0.8 (1 - f)`, which is the release's 0.4 in the
  /// middle; at 1 every step looks at the low-quality picture alone.
  public func restore(
    _ input: RestorationInput, _ request: RestorationRequest, tile: Int?, monitor: RestorationMonitor
  ) throws -> Tensor {
    try withoutGradient {
      let progress = ProgressReporter(monitor.report)
      progress.begin(.condition)
      let settings = Self.settings(request)
      let tagger = try folder.tagger()
      let encoder = tagger.encoder
      let (imageTokens, tags) = try tagger.read(input.low_BCHW)
      let texts = try folder.base.tokens(of: [prompt.text(tags: tags, user: request.prompt)])
      let conditions = SteeredConditions(
        picture_BCHW: input.enlarged_BCHW, prompt_BLD: texts[0], imageTokens_BLD: imageTokens)
      let run = try LatentRun(
        input, request, tile: tile, factor: loop.codec.factor, alignment: loop.networks.unet.config.sideMultiple,
        progress: progress, monitor: monitor)
      return try loop.restore(conditions, settings, run) { try encoder.tokens(of: $0, resampling: .bicubic) }
    }
  }

  /// Checks tagger and text encoder, which are loaded with each picture.
  public func verify() throws { try folder.verify() }

  /// What a request asks for.
  static func settings(_ request: RestorationRequest) -> AddSRSettings {
    var settings = AddSRSettings()
    settings.steps = request.steps ?? settings.steps
    if let fidelity = request.fidelity { settings.refinementWeight = 0.8 * (1 - fidelity) }
    return settings
  }
}
